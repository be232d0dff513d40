import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { EngineUnreachable } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the container engine listens. */
export interface EngineEndpoint {
  /** As DOCKER_HOST has it: `unix:///path` or `tcp://host:port`. */
  readonly url: string;
  /** What named it, for messages. */
  readonly from: string;
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
}

/** Where the engine listens when nothing says otherwise (docker's default on Linux). */
const defaultUrl = 'unix:///var/run/docker.sock';

/**
 * Finds the engine as the docker command does: DOCKER_HOST, else the context of DOCKER_CONTEXT or of
 * `~/.docker/config.json` (its file lies under the SHA-256 of its name), else the default socket.
 * Throws EngineUnreachable for an address that only the docker command can reach (ssh://) or a context without file.
 */
export function resolveEngineEndpoint(environment: Environment = process.env): EngineEndpoint {
  const host = environment['DOCKER_HOST'];
  if (host?.startsWith('tcp:') === true && environment['DOCKER_TLS_VERIFY']) {
    throw unusable(
      host,
      'DOCKER_HOST',
      'an engine behind TLS is on another machine, and the cluster must be on this one',
    );
  }
  if (host) return parse(host, 'DOCKER_HOST');
  const folder = environment['DOCKER_CONFIG'] || join(environment['HOME'] || homedir(), '.docker');
  const context = environment['DOCKER_CONTEXT'] || currentContext(join(folder, 'config.json'));
  if (context === undefined || context === 'default') return parse(defaultUrl, 'the default');
  const id = createHash('sha256').update(context).digest('hex');
  const file = join(folder, 'contexts', 'meta', id, 'meta.json');
  return parse(contextHost(file, context), `docker context ${context}`);
}

/**
 * One name for an endpoint, whoever writes it and how: `/var/run` is a link on most machines. A socket that is not there
 * keeps the name it was given.
 */
export function endpointName({ socketPath, host, port }: EngineEndpoint): string {
  if (socketPath === undefined) return `tcp://${host === 'localhost' ? '127.0.0.1' : host}:${port}`;
  return existsSync(socketPath) ? realpathSync(socketPath) : resolve(socketPath);
}

function parse(url: string, from: string): EngineEndpoint {
  if (url.startsWith('unix://')) return { url, from, socketPath: url.slice('unix://'.length) };
  const tcp = /^tcp:\/\/(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(url);
  if (tcp === null) throw unusable(url, from, 'only unix:// and tcp://host:port can be used');
  return { url, from, host: (tcp[1] ?? '').replaceAll(/[[\]]/g, ''), port: Number(tcp[2]) };
}

function currentContext(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const config = readJson(file) as { currentContext?: string } | null;
  return config?.currentContext || undefined;
}

function contextHost(file: string, context: string): string {
  if (!existsSync(file)) throw unusable(file, `docker context ${context}`, 'this context has no file');
  const meta = readJson(file) as { Endpoints?: { docker?: { Host?: string } } } | null;
  const host = meta?.Endpoints?.docker?.Host;
  if (!host) throw unusable(file, `docker context ${context}`, 'this context names no address');
  return host;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unusable(file, 'the docker configuration', error instanceof Error ? error.message : String(error));
  }
}

function unusable(place: string, from: string, cause: string): EngineUnreachable {
  return new EngineUnreachable('misconfigured', {
    what: `The container engine that ${from} names cannot be used`,
    cause,
    place,
    next: 'Set DOCKER_HOST to the engine, for example unix:///var/run/docker.sock.',
  });
}
