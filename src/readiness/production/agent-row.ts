import { seen, type Looked } from '../../domain/looked.ts';
import { dateTime } from '../../domain/time-stamp.ts';
import { spanText } from '../format/words.ts';
import { couldNotAnswer, type ProductionRow, type Question } from './row.ts';

/** What is known of somebody who acts when nobody is there. */
export interface AgentFacts {
  /** What an agent of this cluster said last, and whether its process lives; `none`: there never was one. */
  readonly last: Looked<{ readonly lives: boolean; readonly says: string; readonly at: number } | 'none'>;
  /** Whether systemd starts one at a boot. */
  readonly startsAtBoot: Looked<boolean>;
}

const head = {
  id: 'unattended',
  question: 'Does it come back with nobody there?',
  severity: 'medium',
  next: 'Install the agent as a service.',
  command: 'rekindle service install',
} as const satisfies Question;

type Verdict = Pick<ProductionRow, 'state' | 'answer'>;

function running(says: string, startsAtBoot: AgentFacts['startsAtBoot']): Verdict {
  if (!startsAtBoot.looked)
    return {
      state: 'unknown',
      answer: `An agent runs (${says}); whether something starts it at a boot could not be looked at: ${startsAtBoot.why}.`,
    };
  return startsAtBoot.value
    ? { state: 'yes', answer: `An agent runs, and systemd starts it at a boot. It says ${says}.` }
    : {
        state: 'partly',
        answer: `An agent runs now, but nothing starts it at the next boot. It says ${says}.`,
      };
}

function absent(last: 'none' | { readonly says: string; readonly at: number }, at: number): Verdict {
  if (last === 'none')
    return {
      state: 'no',
      answer: 'No agent has ever run for this cluster: after a boot somebody has to look.',
    };
  return {
    state: 'no',
    answer: `The agent does not run now; ${spanText(at - last.at)} ago it said: ${last.says}.`,
  };
}

/** Whether anybody acts after a boot: an agent that runs now, and that runs again after the next one. */
export function agentRow({ last, startsAtBoot }: AgentFacts, at: number): ProductionRow {
  if (!last.looked) return couldNotAnswer(head, last);
  const { value: said } = last;
  const lives = said !== 'none' && said.lives;
  const boot = seen(startsAtBoot);
  return {
    ...head,
    ...(lives ? running(said.says, startsAtBoot) : absent(said, at)),
    evidence: [
      said === 'none'
        ? { object: last.from, field: 'agent', value: 'none' }
        : { object: last.from, field: `said ${dateTime(said.at)}`, value: said.says },
      {
        object: startsAtBoot.from,
        field: 'starts an agent at a boot',
        value: startsAtBoot.looked ? (boot === true ? 'yes' : 'no') : `could not look: ${startsAtBoot.why}`,
      },
    ],
  };
}
