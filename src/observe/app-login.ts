import type { DatabaseComponent, SecretKeyRef } from '../domain/stack.ts';
import type { ClusterReader } from '../ports/cluster.ts';
import type { Login } from '../ports/database.ts';
import type { ObserveContext } from './context.ts';

/** A password changes rarely, and every login needs four values: asked each time they were a third of all requests, ms. */
const secretMs = 20_000;

/** Reads a Secret's value now or fails with its name: an empty password must never reach a login. */
export async function requiredSecret(
  reader: Pick<ClusterReader, 'secret'>,
  ref: SecretKeyRef,
): Promise<string> {
  const value = await reader.secret(ref);
  if (value === undefined || value === '')
    throw new Error(`Secret ${ref.namespace}/${ref.name} has no value for ${ref.key}`);
  return value;
}

/** The same for a look, for which a value that was read a short time ago will do. */
export function keptSecret(
  { reader, kept }: Pick<ObserveContext, 'reader' | 'kept'>,
  ref: SecretKeyRef,
): Promise<string> {
  const key = `Secret ${ref.namespace}/${ref.name} ${ref.key}`;
  return kept.ask(
    key,
    secretMs,
    () => requiredSecret(reader, ref),
    () => true,
  );
}

/** The app's own login on one pod of the database, through a tunnel to that pod. */
export async function appLogin(
  context: Pick<ObserveContext, 'reader' | 'kept'>,
  database: DatabaseComponent,
  target: { pod: string; port: number },
): Promise<Login> {
  const [user, password] = await Promise.all([
    keptSecret(context, database.app.user),
    keptSecret(context, database.app.password),
  ]);
  const tunnel = { namespace: database.namespace, ...target };
  return { user, password, database: database.app.database, stream: () => context.reader.tunnel(tunnel) };
}
