import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { registerSecret } from '../../record/redact.ts';

/** The kubeconfig is missing, unreadable, or does not have the context that was asked for. */
export class KubeConfigUnusable extends ExplainedError {
  override readonly name = 'KubeConfigUnusable';
}

/** One context of the kubeconfig. */
export interface KubeContext {
  readonly name: string;
  /** Name of the cluster entry (`k3d-NAME` for clusters of k3d). */
  readonly cluster: string;
  /** Address of the API; undefined when the cluster entry is missing. */
  readonly server: string | undefined;
  readonly namespace: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Loads the kubeconfig as kubectl does: every file of `KUBECONFIG` that exists, the first entry of a name wins;
 * else `~/.kube/config`. Never falls back to `localhost:8080` or to the account of a pod, as client-node does:
 * a healer must not act on a cluster that nobody named. Without any file it has no context. Throws KubeConfigUnusable.
 */
export function loadKubeConfig(environment: Environment = process.env): KubeConfig {
  const files = configFiles(environment);
  const merged = new KubeConfig();
  for (const file of files.filter((path) => existsSync(path))) addMissing(merged, readConfig(file));
  // Without a file of the user's own the cluster can still be asked for one; a file that was named must be there.
  if (merged.contexts.length === 0 && environment['KUBECONFIG']) {
    throw new KubeConfigUnusable({
      what: 'There is no Kubernetes context',
      cause: 'no kubeconfig file has one',
      place: files.join(', '),
      next: 'Set KUBECONFIG, or let `k3d kubeconfig merge NAME` write it.',
    });
  }
  return merged;
}

/** All contexts of a kubeconfig, and which of them is the current one. */
export function kubeContexts(config: KubeConfig): {
  readonly current: string | undefined;
  readonly contexts: readonly KubeContext[];
} {
  const contexts = config.contexts.map((context) => ({
    name: context.name,
    cluster: context.cluster,
    server: config.clusters.find((cluster) => cluster.name === context.cluster)?.server,
    namespace: context.namespace,
  }));
  return { current: config.currentContext || undefined, contexts };
}

/**
 * A kubeconfig that is bound to one context, for the reader, the writer and the tunnel. Its password or token is
 * registered for redaction. Throws KubeConfigUnusable when the context, its cluster or its user is missing.
 */
export function bindContext(config: KubeConfig, context: string): KubeConfig {
  const bound = new KubeConfig();
  const { clusters, users, contexts } = config;
  bound.loadFromOptions({ clusters, users, contexts, currentContext: context });
  const entry = contexts.find((candidate) => candidate.name === context);
  const known = contexts.map((candidate) => candidate.name).join(', ');
  const cause =
    entry === undefined
      ? `known are ${known}`
      : (missing('cluster', entry.cluster, clusters) ?? missing('user', entry.user, users));
  if (cause !== undefined) {
    const what = 'The Kubernetes context cannot be used';
    throw new KubeConfigUnusable({ what, cause, place: context, next: 'Name another one with --context.' });
  }
  const user = bound.getCurrentUser();
  for (const secret of [user?.token, user?.password]) if (secret) registerSecret(secret);
  return bound;
}

function missing(
  kind: string,
  name: string,
  entries: readonly { readonly name: string }[],
): string | undefined {
  return entries.some((entry) => entry.name === name) ? undefined : `its ${kind} ${name} is not in the file`;
}

function configFiles(environment: Environment): readonly string[] {
  const named = environment['KUBECONFIG']?.split(delimiter).filter((path) => path !== '') ?? [];
  return named.length > 0 ? named : [join(environment['HOME'] || homedir(), '.kube', 'config')];
}

function readConfig(file: string): KubeConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, causeText(error));
  }
  // An empty file is what `touch` or an interrupted write leaves behind: it has no entries, which is no error.
  if (text.trim() === '') return new KubeConfig();
  const config = parseKubeConfig(text, file);
  // Certificates that are named by a path lie beside the file.
  config.makePathsAbsolute(dirname(file));
  return config;
}

/** A kubeconfig from text; `place` names where it came from. Throws KubeConfigUnusable, which quotes nothing of it. */
export function parseKubeConfig(text: string, place: string): KubeConfig {
  const config = new KubeConfig();
  try {
    const fault = malformation(text);
    if (fault !== undefined) throw new Error(fault);
    config.loadFromString(text, { onInvalidEntry: 'filter' });
    return config;
  } catch (error) {
    // The client parses with another library (YAML 1.1), whose message quotes the lines around the error.
    throw unreadable(
      place,
      (error as Error).name === 'YAMLException' ? 'it is not valid YAML' : causeText(error),
    );
  }
}

function unreadable(place: string, cause: string): KubeConfigUnusable {
  return new KubeConfigUnusable({
    what: 'The kubeconfig cannot be read',
    cause,
    place,
    next: 'Repair the file, or name another one in KUBECONFIG.',
  });
}

/**
 * What makes the text no kubeconfig; undefined when nothing does. Only the line is told: the parsers' own messages
 * quote what stands there, which may be a token or a key.
 */
function malformation(text: string): string | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) return `line ${lines.linePos(error.pos[0]).line} is not valid YAML`;
  if (!isMap(document.contents)) return 'it is not a kubeconfig: it must have clusters, contexts and users';
  for (const key of ['clusters', 'contexts', 'users']) {
    const list = document.get(key);
    if (list !== undefined && list !== null && !isSeq(list)) return `${key} is not a list`;
  }
  return undefined;
}

function addMissing(into: KubeConfig, from: KubeConfig): void {
  into.clusters = [...into.clusters, ...notIn(into.clusters, from.clusters)];
  into.users = [...into.users, ...notIn(into.users, from.users)];
  into.contexts = [...into.contexts, ...notIn(into.contexts, from.contexts)];
  into.currentContext ||= from.currentContext;
}

function notIn<T extends { readonly name: string }>(known: readonly T[], more: readonly T[]): readonly T[] {
  return more.filter((entry) => !known.some((other) => other.name === entry.name));
}
