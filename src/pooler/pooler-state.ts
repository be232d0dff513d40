import { type Looked, seen } from '../domain/looked.ts';
import type { ObjectRef } from '../domain/object-ref.ts';
import type { PoolerValues } from '../domain/pooler-profiles.ts';
import type { PoolerComponent } from '../domain/stack.ts';
import { hasLabels } from '../domain/pod-selection.ts';
import { consoleLogin } from '../observe/collectors/poolers.ts';
import type { ObserveContext } from '../observe/context.ts';
import { look } from '../observe/look.ts';
import { podFacts } from '../observe/pod-facts.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { ExplainedError } from '../record/explained-error.ts';
import {
  type OperatorResource,
  operatorResource,
  poolerWorkload,
  type PoolerWorkload,
  settingsField,
} from './deployment-shape.ts';
import { checkSelector, imageBeforeAnnotation, includedKey, settingsName } from './names.ts';

/** What one PgBouncer process works with, by SHOW CONFIG. */
export interface ProcessValues {
  readonly values: PoolerValues;
  readonly defaults: PoolerValues;
}

/** One PgBouncer process: a pod of the pooler. */
export interface PoolerProcess {
  readonly ref: ObjectRef;
  readonly node: string | undefined;
  readonly config: Looked<ProcessValues>;
}

/** The ini of somebody's own deployment, as their ConfigMap has it. */
export interface IniText {
  readonly text: string;
  /** Our settings, a key of the same ConfigMap; undefined: there is none. */
  readonly included: string | undefined;
  readonly isImmutable: boolean;
}

/** One pooler as it is deployed and as it runs. */
export interface PoolerState {
  readonly component: PoolerComponent;
  readonly ref: ObjectRef;
  readonly workload: PoolerWorkload;
  readonly processes: readonly PoolerProcess[];
  /** The operator's resource; undefined: somebody's own deployment. */
  readonly operator: OperatorResource | undefined;
  /** The field by which the operator takes settings itself; the value is undefined where it has none. */
  readonly operatorField: Looked<string | undefined> | undefined;
  readonly ini: IniText | undefined;
  /** Whether the ConfigMap of our settings is there. */
  readonly hasSettings: boolean;
  /** Whether a pod of a check is there, which only a run that was killed leaves. */
  readonly hasCheckPod: boolean;
}

/** There is no pooler to be set, or it is not deployed as anything that this program knows. */
export class NoPooler extends ExplainedError {
  override readonly name = 'NoPooler';
}

/** Deadline of SHOW CONFIG on one process, ms. */
const consoleMs = 3000;

/** Every setting of one PgBouncer process. Throws what the console says, and why there was no answer. */
export async function showConfig(
  context: Pick<ObserveContext, 'reader' | 'kept' | 'sql'>,
  component: PoolerComponent,
  pod: string,
): Promise<ProcessValues> {
  const login = await consoleLogin(context, component, pod);
  const answer = await context.sql.query(login, ['SHOW CONFIG'], consoleMs);
  if (!answer.ok) throw new Error(answer.error.message);
  const column = (name: string) =>
    Object.fromEntries(answer.rows.map((row) => [row['key'] ?? '', row[name] ?? '']));
  return { values: column('value'), defaults: column('default') };
}

/** Every process of a pooler, asked one by one; those that could not be asked say why. */
export async function poolerProcesses(
  context: ObserveContext,
  component: PoolerComponent,
): Promise<readonly PoolerProcess[]> {
  const pods = (await context.reader.list(`/api/v1/namespaces/${component.namespace}/pods`))
    .map((object) => podFacts(object))
    .filter((pod) => hasLabels(pod, component.podLabels) && !pod.deleting);
  return Promise.all(
    pods.map(async ({ name, namespace, uid, node }) => ({
      ref: { kind: 'Pod', namespace, name, uid },
      node,
      config: await look(context.clock, `admin console of ${name}`, () =>
        showConfig(context, component, name),
      ),
    })),
  );
}

async function workloadObject(
  { reader }: Pick<ObserveContext, 'reader'>,
  { namespace, name }: PoolerComponent,
): Promise<KubeObject & { readonly kind: string }> {
  for (const [kind, kinds] of [
    ['Deployment', 'deployments'],
    ['StatefulSet', 'statefulsets'],
  ] as const) {
    const object = await reader.get(`/apis/apps/v1/namespaces/${namespace}/${kinds}/${name}`);
    if (object !== undefined) return { ...object, kind };
  }
  throw new NoPooler({
    what: 'The pooler cannot be looked at',
    cause: 'there is neither a Deployment nor a StatefulSet of its name',
    place: `${namespace}/${name}`,
    next: 'Look again: rekindle diagnose',
  });
}

const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/postgresqls.acid.zalan.do';

async function operatorOf(
  context: ObserveContext,
  namespace: string,
  { cluster }: PoolerWorkload,
): Promise<Pick<PoolerState, 'operator' | 'operatorField'>> {
  const path = `/apis/acid.zalan.do/v1/namespaces/${namespace}/postgresqls/${cluster}`;
  const object = cluster === undefined ? undefined : await context.reader.get(path);
  if (object === undefined) return { operator: undefined, operatorField: undefined };
  const operatorField = await look(context.clock, 'definition of the operator’s resource', async () => {
    const found = await context.reader.get(definition);
    return found === undefined ? undefined : settingsField(found);
  });
  return { operator: operatorResource(object, imageBeforeAnnotation), operatorField };
}

async function iniOf(
  { reader }: Pick<ObserveContext, 'reader'>,
  namespace: string,
  { ini }: PoolerWorkload,
): Promise<IniText | undefined> {
  if (!ini.addable) return undefined;
  const object = await reader.get(`/api/v1/namespaces/${namespace}/configmaps/${ini.configMap}`);
  const data = (object?.['data'] ?? {}) as Readonly<Record<string, string>>;
  const { [ini.key]: text, [includedKey]: included } = data;
  return text === undefined ? undefined : { text, included, isImmutable: object?.['immutable'] === true };
}

async function stateOf(context: ObserveContext, component: PoolerComponent): Promise<PoolerState> {
  const object = await workloadObject(context, component);
  const workload = poolerWorkload(object);
  const { namespace, name } = component;
  const [left, settings, operator, ini, processes] = await Promise.all([
    context.reader.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector: checkSelector }),
    context.reader.get(`/api/v1/namespaces/${namespace}/configmaps/${settingsName}`),
    operatorOf(context, namespace, workload),
    iniOf(context, namespace, workload),
    poolerProcesses(context, component),
  ]);
  const ref = { kind: object.kind, namespace, name, uid: object.metadata.uid };
  const ours = { hasSettings: settings !== undefined, hasCheckPod: left.length > 0 };
  return { component, ref, workload, processes, ini, ...ours, ...operator };
}

/** Every pooler of the stack. Throws NoPooler, and what keeps the API from answering. */
export async function lookAtPoolers(context: ObserveContext): Promise<readonly PoolerState[]> {
  const { poolers, namespace } = context.stack;
  if (poolers.length === 0) {
    throw new NoPooler({
      what: 'This stack has no pooler that can be asked',
      cause: 'no workload runs PgBouncer with the password of its admin user from a Secret (env PGPASSWORD)',
      place: `namespace ${namespace}`,
      next: 'See what was found: rekindle diagnose -v',
    });
  }
  return Promise.all(poolers.map((component) => stateOf(context, component)));
}

/** Values of the processes that could be asked. */
export function answeredValues({ processes }: Pick<PoolerState, 'processes'>): readonly PoolerValues[] {
  return processes.flatMap(({ config }) => {
    const values = seen(config)?.values;
    return values === undefined ? [] : [values];
  });
}
