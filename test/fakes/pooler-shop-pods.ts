import { chmodSync } from 'node:fs';
import path from 'node:path';

import { type PoolerContainer, startContainer } from './pooler-container.ts';
import { podStatus, pooler, poolerDeployment, poolerPod } from './pooler-shop-objects.ts';
import type { RealApiServer } from './real-api-server.ts';
import { loadWith, writeReadable } from './real-pgbouncer.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Json = Readonly<Record<string, unknown>>;

/** An object of the API, as far as these tests look at it. */
export interface Item {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
}

/** An image of deploy/pooler-image in these tests. */
export const derivedImage = 'pgbouncer-rekindle:1';

/** One namespace of a real API server, as its administrator sees it. */
export class Namespace {
  readonly api: RealApiServer;
  readonly name: string;

  constructor(api: RealApiServer, name: string) {
    this.api = api;
    this.name = name;
  }

  /** REST path of a kind in this namespace, and of one object. */
  at(kinds: string, name?: string): string {
    const groups: Readonly<Record<string, string>> = {
      deployments: '/apis/apps/v1',
      postgresqls: '/apis/acid.zalan.do/v1',
      roles: '/apis/rbac.authorization.k8s.io/v1',
      rolebindings: '/apis/rbac.authorization.k8s.io/v1',
    };
    const place = `${groups[kinds] ?? '/api/v1'}/namespaces/${this.name}/${kinds}`;
    return name === undefined ? place : `${place}/${name}`;
  }

  /** One object; undefined where there is none. */
  async get(place: string): Promise<Json | undefined> {
    try {
      return await this.api.request('GET', place);
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFound') return undefined;
      throw error;
    }
  }

  async items(place: string): Promise<readonly Item[]> {
    return ((await this.api.request('GET', place))['items'] ?? []) as readonly Item[];
  }

  /** Does it to an object that may be gone by now. */
  async unlessGone(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NotFound')) throw error;
    }
  }
}

/** The pods of the pooler, each a real PgBouncer. */
export class PoolerPods {
  readonly processes = new Map<string, PoolerContainer>();
  readonly #space: Namespace;
  readonly #program: readonly string[];
  #generation = 0;
  #token = '';

  constructor(space: Namespace, program: readonly string[]) {
    this.#space = space;
    this.#program = program;
  }

  /** Starts a pod of this image; one of deploy/pooler-image runs the start script with the account's own token. */
  async start(name: string, image: string): Promise<PoolerContainer> {
    const { api } = this.#space;
    const container = await startContainer({
      program: this.#program,
      isPlain: image !== derivedImage,
      api: { port: api.port, certificate: { cert: api.authority } },
      token: await this.#accountToken(),
      namespace: this.#space.name,
      template: 'server_login_retry = 5\n',
    });
    this.processes.set(name, container);
    await api.request('POST', this.#space.at('pods'), poolerPod(name, image));
    const running = { running: { startedAt: new Date().toISOString() } };
    const status = podStatus('connection-pooler', image, running);
    await api.request('PATCH', `${this.#space.at('pods', name)}/status`, { status });
    return container;
  }

  /** Ends a pod, and with it its process. */
  async stop(name: string): Promise<void> {
    await this.processes.get(name)?.end();
    this.processes.delete(name);
    await this.#space.api.request('DELETE', `${this.#space.at('pods', name)}?gracePeriodSeconds=0`);
  }

  /** Two pods of this image; old ones go when a new one runs. */
  async roll(image: string): Promise<void> {
    const old = [...this.processes.keys()];
    this.#generation += 1;
    for (const place of [0, 1]) {
      await this.start(`${pooler.name}-${this.#generation}-${place}`, image);
      const gone = old[place];
      if (gone !== undefined) await this.stop(gone);
    }
  }

  async #accountToken(): Promise<string> {
    if (this.#token !== '') return this.#token;
    const place = `${this.#space.at('serviceaccounts', pooler.account)}/token`;
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { status } = await this.#space.api.request('POST', place, body);
    this.#token = (status as { readonly token: string }).token;
    return this.#token;
  }
}

/** Stands in for a node: starts check pods on a real PgBouncer, forgets deleted pods, shows changed ConfigMaps. */
export class StandInNode {
  readonly logs = new Map<string, string>();
  isAsleep = false;
  readonly #space: Namespace;
  readonly #program: readonly string[];
  readonly #folder = temporaryFolder();
  readonly #seen = new Set<string>();

  constructor(space: Namespace, program: readonly string[]) {
    this.#space = space;
    this.#program = program;
    chmodSync(this.#folder, 0o755);
  }

  async turn(): Promise<void> {
    if (this.isAsleep) return;
    for (const item of await this.#space.items(this.#space.at('pods'))) {
      const { name, deletionTimestamp } = item.metadata;
      if (deletionTimestamp !== undefined) await this.#forget(name);
      else if (!this.#seen.has(name)) await this.#run(item);
    }
  }

  #forget(name: string): Promise<void> {
    const place = `${this.#space.at('pods', name)}?gracePeriodSeconds=0`;
    return this.#space.unlessGone(this.#space.api.request('DELETE', place));
  }

  async #run({ metadata: { name, annotations }, spec }: Item): Promise<void> {
    const text = annotations?.['rekindle.dev/pgbouncer.ini'];
    const [container] = spec.containers;
    if (text === undefined || container === undefined) return;
    this.#seen.add(name);
    const { accepted, log } = await loadWith(
      this.#program,
      writeReadable(path.join(this.#folder, `${name}.ini`), text),
    );
    this.logs.set(name, log.map((line) => `2026-01-01 00:00:00.000 UTC [1] ${line}`).join('\n'));
    const state = accepted
      ? { running: { startedAt: new Date().toISOString() } }
      : { terminated: { exitCode: 1, reason: 'Error' } };
    const status = podStatus(container.name, container.image, state);
    const place = `${this.#space.at('pods', name)}/status`;
    await this.#space.unlessGone(this.#space.api.request('PATCH', place, { status }));
  }
}

/** Stands in for the operator: gives the pooler the image that its resource names. */
export class StandInOperator {
  #image: string = pooler.image;
  readonly #space: Namespace;
  readonly #pods: PoolerPods;

  constructor(space: Namespace, pods: PoolerPods) {
    this.#space = space;
    this.#pods = pods;
  }

  async turn(): Promise<void> {
    const found = (await this.#space.get(this.#space.at('postgresqls', 'db'))) as
      { spec?: { connectionPooler?: { dockerImage?: string } } } | undefined;
    const wanted = found?.spec?.connectionPooler?.dockerImage || pooler.image;
    if (found === undefined || wanted === this.#image) return;
    this.#image = wanted;
    const { spec } = poolerDeployment(wanted, undefined);
    await this.#space.api.request('PATCH', this.#space.at('deployments', pooler.name), { spec });
    await this.#pods.roll(wanted);
  }
}
