import { databaseBehind } from '../../domain/database-behind.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import type { DatabaseComponent, PoolerComponent } from '../../domain/stack.ts';
import { consoleLogin } from '../../observe/collectors/poolers.ts';
import type { ActContext } from '../define-step.ts';

/** Deadline of the commands on one console connection, ms. */
const consoleMs = 3000;

/** What a pod of a pooler belongs to. */
interface PoolerParts {
  readonly pooler: PoolerComponent;
  readonly database: DatabaseComponent | undefined;
}

/** The pooler component that the pod belongs to, and the database behind it. Throws when it belongs to none. */
export function partsOf(pod: PodFacts, { stack }: Pick<ActContext, 'stack'>): PoolerParts {
  const pooler = stack.poolers.find((entry) => hasLabels(pod, entry.podLabels));
  if (pooler === undefined) throw new Error(`pod ${pod.name} belongs to no pooler of this stack`);
  return { pooler, database: databaseBehind(pooler, stack) };
}

/** The pooler component that the target pod belongs to, and the database behind it. Throws when the pod is gone. */
export async function poolerOf(planned: PlannedStep, context: ActContext): Promise<PoolerParts> {
  const { namespace = '', name, uid } = planned.target;
  const object = await context.reader.get(`/api/v1/namespaces/${namespace}/pods/${name}`);
  if (object === undefined || object.metadata.uid !== uid)
    throw new Error(`pod ${name} was replaced meanwhile`);
  return partsOf(podFacts(object), context);
}

/** Runs admin console commands on one PgBouncer process; throws with the console's own words. Returns the last rows. */
export async function onConsole(
  context: ActContext,
  pooler: PoolerComponent,
  pod: string,
  commands: readonly string[],
): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const login = await consoleLogin(context, pooler, pod);
  const result = await context.sql.query(login, commands, consoleMs);
  if (!result.ok) throw new Error(`${commands.join('; ')}: ${result.error.message}`);
  return result.rows;
}
