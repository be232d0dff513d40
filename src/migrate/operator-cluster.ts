import { fieldsOf, textAt, valueAt, type Manifest } from './manifest.ts';

/** What the Zalando operator's resource says about its databases (postgres-operator, docs/reference/cluster_manifest.md). */
export interface OperatorCluster {
  readonly name: string;
  readonly namespace: string;
  /** Major version of PostgreSQL. */
  readonly version: string;
  readonly instances: number;
  /** Names of databases, each with the role that owns it. */
  readonly databases: Readonly<Record<string, string>>;
  /** Roles that log in, with their flags. */
  readonly users: Readonly<Record<string, readonly string[]>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of databases and roles that no command of this program could carry. */
  readonly odd: readonly string[];
  readonly pooler?: { readonly instances: number; readonly mode: string };
}

const texts = (value: unknown) =>
  Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, text]) => [key, String(text)]));

/** Names that mean themselves in a shell and in SQL. */
const plainName = /^[A-Za-z0-9_-]+$/;

function plainOnly<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => plainName.test(name)));
}

/** Reads it; undefined for another kind of object. */
export function operatorCluster(manifest: Manifest): OperatorCluster | undefined {
  if (manifest.kind !== 'postgresql') return undefined;
  const spec = fieldsOf(manifest['spec']);
  const users = Object.entries(fieldsOf(spec['users'])).map(([name, flags]) => [
    name,
    Array.isArray(flags) ? flags.map(String) : [],
  ]);
  const pooler = fieldsOf(spec['connectionPooler']);
  const hasPooler = spec['enableConnectionPooler'] === true || spec['connectionPooler'] !== undefined;
  return {
    name: manifest.metadata.name,
    namespace: manifest.metadata.namespace ?? 'default',
    version: textAt(spec, ['postgresql', 'version']) ?? 'unknown',
    instances: Number(spec['numberOfInstances'] ?? 1),
    databases: Object.fromEntries(
      Object.entries(plainOnly(texts(spec['databases']))).filter(([, owner]) => plainName.test(owner)),
    ),
    users: plainOnly(Object.fromEntries(users) as Record<string, readonly string[]>),
    odd: [...Object.entries(texts(spec['databases'])).flat(), ...Object.keys(fieldsOf(spec['users']))].filter(
      (name) => !plainName.test(name),
    ),
    parameters: texts(valueAt(spec, ['postgresql', 'parameters'])),
    ...(hasPooler && {
      pooler: {
        instances: Number(pooler['numberOfInstances'] ?? 2),
        mode: typeof pooler['mode'] === 'string' ? pooler['mode'] : 'transaction',
      },
    }),
  };
}

/** Secret that the operator keeps a user's name and password in; `_` is not allowed in names of Secrets. */
export function userSecret({ name }: OperatorCluster, user: string): string {
  return `${user.replaceAll('_', '-')}.${name}.credentials.postgresql.acid.zalan.do`;
}
