import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import process from 'node:process';

import { causeText, errorCode } from './explained-error.ts';
import { LockUnavailable } from './lock.ts';
import { redact } from './redact.ts';

/** The cluster that is locked: its name, and the engine that it runs in (`ClusterProvider.engine`). */
export interface LockedCluster {
  readonly engine: string;
  readonly cluster: string;
}

/** What the holder of a host-wide lock says of itself. Anybody on this machine could say it. */
export interface HostLockClaim {
  readonly pid: number;
  readonly command: string;
  /** User that a process with this number belongs to, as the kernel says it; undefined: there is no such process. */
  readonly user: string | undefined;
}

/** Either the lock, to be released, or what its holder says; `by` is undefined when it said nothing in time. */
export type HostLockAttempt =
  | { readonly held: true; readonly release: () => void }
  | { readonly held: false; readonly by: HostLockClaim | undefined };

/** A holder that is busy may take a moment to answer, ms. */
const answerMs = 500;

/** Nobody needs more to say who they are, bytes. */
const longestClaim = 4096;

/** Between "somebody has the name" and "nobody listens" the holder has ended; that may happen twice, not for ever. */
const tries = 3;

/** Servers that hold a lock: one that nobody refers to must not be collected. */
const held = new Set<net.Server>();

/**
 * Name of the lock in the abstract namespace of Unix sockets, with the zero byte in front (unix(7)). A digest, because a
 * name has 108 bytes and an engine's path may have more.
 */
export function hostLockName({ engine, cluster }: LockedCluster): string {
  const digest = createHash('sha256').update(`${engine}\n${cluster}`).digest('hex').slice(0, 32);
  return `\0rekindle/lock/${digest}`;
}

/**
 * Tries to get the one lock of a cluster that every user of this machine sees, without waiting. It is a listening socket
 * in the abstract namespace: it needs no file and no rights, and the kernel frees it with its process, however that ends.
 * Any user may take the name, which keeps others from healing and gives nothing else; so a holder's claim is told as
 * a claim. Abstract names belong to a network namespace, and only Linux has them: elsewhere the lock of the
 * state folder (`lock.ts`) is all there is, and this one is always had. Throws LockUnavailable.
 */
export async function tryAcquireHostLock(locked: LockedCluster, command: string): Promise<HostLockAttempt> {
  if (process.platform !== 'linux') return { held: true, release: () => undefined };
  const name = hostLockName(locked);
  for (let attempt = 1; ; attempt += 1) {
    const server = await listen(name, JSON.stringify({ pid: process.pid, command: redact(command) }));
    if (server !== undefined) return { held: true, release: releaser(server) };
    const claim = await askHolder(name);
    if (claim !== 'gone' || attempt === tries)
      return { held: false, by: claim === 'gone' ? undefined : claim };
  }
}

/**
 * Who holds the lock of a cluster now, without taking it even for a moment; undefined: nobody, or not on Linux. A holder that
 * does not say who it is counts as one.
 */
export async function hostLockHolder(locked: LockedCluster): Promise<HostLockClaim | 'unnamed' | undefined> {
  if (process.platform !== 'linux') return undefined;
  const claim = await askHolder(hostLockName(locked));
  return claim === 'gone' ? undefined : (claim ?? 'unnamed');
}

function releaser(server: net.Server): () => void {
  held.add(server);
  return () => {
    held.delete(server);
    if (server.listening) server.close();
  };
}

/** The server that holds the name; undefined when somebody else does. */
async function listen(name: string, claim: string): Promise<net.Server | undefined> {
  const server = net.createServer((asking) => {
    // Whoever asks and does not listen is not waited for.
    asking.on('error', () => asking.destroy());
    asking.setTimeout(answerMs, () => asking.destroy());
    asking.end(claim);
  });
  server.maxConnections = 16;
  try {
    server.listen({ path: name });
    await once(server, 'listening');
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return undefined;
    throw new LockUnavailable(
      {
        what: 'The lock of this cluster cannot be used',
        cause: causeText(error),
        place: `abstract socket @${name.slice(1)}`,
        next: 'Let this program use Unix sockets (AF_UNIX).',
      },
      { cause: error },
    );
  }
  // Later troubles are those of one who asks (no descriptor left for them); the name is held until it is closed.
  server.on('error', () => undefined);
  server.unref();
  return server;
}

/** What the holder says of itself; undefined: nothing in time or nonsense; `gone`: there is none any more. */
async function askHolder(name: string): Promise<HostLockClaim | undefined | 'gone'> {
  const socket = net.connect({ path: name });
  socket.setTimeout(answerMs, () => socket.destroy());
  let text = '';
  try {
    for await (const chunk of socket.setEncoding('utf8')) {
      text += chunk as string;
      if (text.length > longestClaim) return undefined;
    }
  } catch (error) {
    return ['ECONNREFUSED', 'ENOENT'].includes(errorCode(error) ?? '') ? 'gone' : undefined;
  } finally {
    socket.destroy();
  }
  return parseClaim(text);
}

function parseClaim(text: string): HostLockClaim | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    // Not one of us: it is told as one that gives no name.
    return undefined;
  }
  const { pid, command } = (said ?? {}) as { pid?: unknown; command?: unknown };
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1 || typeof command !== 'string')
    return undefined;
  return { pid, command, user: ownerOf(pid) };
}

/** The folder of a process belongs to its effective user (proc(5)). */
function ownerOf(pid: number): string | undefined {
  try {
    return userName(statSync(`/proc/${pid}`).uid);
  } catch {
    // No such process, or one that is hidden from us.
    return undefined;
  }
}

function userName(uid: number): string {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? `uid ${uid}`;
}
