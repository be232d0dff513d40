import type { Pass } from '../app/run-log.ts';
import type { Finding } from '../domain/finding.ts';
import { seen } from '../domain/looked.ts';
import { runningNodes } from '../domain/running-nodes.ts';
import type { Sight } from './incident.ts';

type Seen = Pick<Sight, 'health' | 'trouble'>;

/** What a finding is about, without the names of pods, which change with every restart. */
function key({ fault, object }: Finding): string {
  return object.kind === 'Pod' ? fault : `${fault} on ${object.kind} ${object.name}`;
}

/** The findings that make it so, bottom layer first, each kind once. */
function trouble(findings: readonly Finding[]): string {
  return [...new Set(findings.map(key))].join(', ');
}

/** What a whole look says. Without a known front door its answer decides nothing. */
export function sightOf({ findings, observation }: Pass): Seen {
  const worst = (['broken', 'unknown', 'settling'] as const).find((kind) =>
    findings.some((finding) => finding.kind === kind),
  );
  if (worst !== undefined)
    return { health: worst, trouble: trouble(findings.filter(({ kind }) => kind === worst)) };
  const answer = seen(observation.frontDoor)?.answer;
  if (answer === undefined) return { health: 'usable', trouble: '' };
  if ('error' in answer)
    return { health: 'broken', trouble: `the front door does not answer: ${answer.error}` };
  return answer.status < 500
    ? { health: 'usable', trouble: '' }
    : { health: 'broken', trouble: `the front door answers ${answer.status}` };
}

/** The starts of the nodes that run, one text each: a node that starts anew has another one, whatever the clock did since. */
export function startsOf({ observation }: Pass): readonly string[] {
  return runningNodes(seen(observation.containers) ?? []).map(
    ({ name, startedAt }) => `${name} ${startedAt}`,
  );
}

/** Why what is broken is to be left alone, when that is all that stands in the way; undefined: it is not. */
export function leftAlone({ plan }: Pass): string | undefined {
  if (plan.steps.length > 0 || plan.tasks.length > 0) return undefined;
  const [first, ...others] = plan.refusals;
  const isAll = first !== undefined && [first, ...others].every(({ guard }) => guard === 'under-maintenance');
  return isAll ? first.reason : undefined;
}
