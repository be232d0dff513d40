import type { ActContext } from '../../src/act/define-step.ts';
import { RunLog } from '../../src/app/run-log.ts';
import { refText, type ObjectRef } from '../../src/domain/object-ref.ts';
import type { NodeContainer } from '../../src/domain/observation.ts';
import type { Stack } from '../../src/domain/stack.ts';
import { objectPath } from '../../src/harden/apply/object-place.ts';
import type { HardenSession } from '../../src/harden/apply/session.ts';
import { proofName } from '../../src/harden/measures/host-name.ts';
import type { Measure } from '../../src/harden/measure.ts';
import { planMeasures, type PlannedMeasure } from '../../src/harden/plan-hardening.ts';
import { KeptAnswers } from '../../src/observe/kept-answers.ts';
import { LateAnswers } from '../../src/observe/late-answers.ts';
import type { WorkloadSpec } from '../../src/harden/workload-spec.ts';
import type { ClusterProvider } from '../../src/ports/cluster-provider.ts';
import type { ClusterReader, ClusterWriter, KubeObject } from '../../src/ports/cluster.ts';
import type { JournalStore } from '../../src/ports/journal-store.ts';
import { dnsStream } from './dns-answer.ts';
import { memoryJournal } from './memory-journal.ts';
import { node, now, shopCluster, stack } from './observation.ts';
import { AppliedObjects } from './server-side-apply.ts';
import { shopObjects, smallShop } from './shop-objects.ts';
import { VirtualClock } from './virtual-clock.ts';

const startedAt = now - 600_000;
const { namespace } = smallShop;

const podsPath = `/api/v1/namespaces/${namespace}/pods`;

/** Kind of the web server's workload. */
export type Kind = WorkloadSpec['kind'];

/** The web server of this shop. */
export const webAs = (kind: Kind): ObjectRef => ({ kind, namespace, name: 'nginx' });

const stackWith = (web: ObjectRef): Stack => ({
  ...stack,
  components: [
    { ref: web, adapter: 'edge', dependsOn: [], why: 'image nginx:1', podLabels: { app: 'nginx' } },
  ],
  poolers: [],
  frontDoor: {
    url: 'http://shop.local:8080/',
    address: '127.0.0.1:8080',
    service: { namespace, name: 'nginx' },
    healthPath: '/',
    podPort: 80,
    podLabels: { app: 'nginx' },
  },
});

/** What the new pod does after a change of the template: comes up, crashes in its init container, or never gets ready. */
export type Behaviour = 'good' | 'crashes' | 'hangs';

/** How long a pod takes to come up, ms. */
const startMs = 3000;

/** What a pod shows whose init container crashes. */
const crashing = {
  phase: 'Pending',
  initContainerStatuses: [
    {
      name: 'rekindle-wait',
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } },
    },
  ],
};

const isBroken = ({ status }: KubeObject) => status === crashing;

function entry(path: string, type: 'file' | 'directory') {
  return { path, type, mode: 0, uid: 0, gid: 0, size: 1, modifiedAt: 0, from: 0, to: 512 };
}

/** A shop with one web server whose template may be changed, and the controllers that answer to it. */
export class HardenWorld {
  readonly clock = new VirtualClock(now);
  readonly journal: JournalStore;
  readonly objects = new AppliedObjects();
  interruption = new AbortController();
  /** What the next changes of the template lead to; after them every one is good. */
  behaviours: Behaviour[] = [];
  /** Names of files in the emptyDir of the web server's pod; undefined: the pod has none. `unseen`: its node is silent. */
  files: readonly string[] | 'unseen' | undefined;
  /** Whether the container engine gives no answer. */
  isEngineSilent = false;
  /** Whether the front door answers, from now on and after the template was changed. */
  isOpen = true;
  isOpenAfterwards = true;
  /** Whether the DNS reads what it is given. */
  readsZones = true;
  /** How long components take to start. */
  starts: HardenSession['starts'] = new Map();
  /** Restart policies by container. */
  readonly policies = new Map<string, string>([['k3d-shop-agent-0', 'on-failure:3']]);
  /** Uids of pods that were deleted by hand. */
  readonly deleted: string[] = [];
  readonly #web: ObjectRef;
  readonly #path: string;
  readonly #first: KubeObject;
  #pods: readonly KubeObject[];
  #count = 1;

  constructor(journal: JournalStore = memoryJournal(), kind: Kind = 'Deployment') {
    this.journal = journal;
    this.#web = webAs(kind);
    this.#path = objectPath(this.#web);
    const objects = shopObjects(startedAt, now);
    const [deployment] = objects.get(`/apis/apps/v1/namespaces/${namespace}/deployments`) ?? [];
    const [pod] = objects.get(podsPath) ?? [];
    if (deployment === undefined || pod === undefined) throw new Error('the shop has no web server');
    this.#first = pod;
    this.#pods = [pod];
    this.objects.put(this.#path, { ...deployment, kind });
    this.#settle();
  }

  get session(): HardenSession {
    return {
      context: this.#context(),
      log: new RunLog({ store: this.journal, target: shopCluster }, this.clock, {}),
      timeoutMs: 60_000,
      starts: this.starts,
    };
  }

  /** The objects as they are, as they were when they were judged. */
  async lives(): Promise<ReadonlyMap<string, KubeObject>> {
    const found = await Promise.all(this.objects.paths.map((path) => this.objects.get(path)));
    return new Map(
      found.flatMap((object) => {
        if (object === undefined) return [];
        const { name, namespace: space } = object.metadata;
        return [
          [
            refText({ kind: object.kind ?? '', name, ...(space !== undefined && { namespace: space }) }),
            object,
          ],
        ];
      }),
    );
  }

  async planned(measures: readonly Measure[]): Promise<readonly PlannedMeasure[]> {
    return planMeasures(measures, await this.lives());
  }

  /** The web server's workload. */
  async web(): Promise<KubeObject> {
    const object = await this.objects.get(this.#path);
    if (object === undefined) throw new Error('the web server is gone');
    return object;
  }

  /** Somebody else changes the workload; nothing is made of it. */
  async change(spec: object): Promise<void> {
    await this.objects.apply({
      path: this.#path,
      manager: 'somebody',
      object: { spec, metadata: { name: this.#web.name } },
    });
    this.#settle();
  }

  /** The same shop for the next run, after the one before was interrupted. */
  afterRestart(): this {
    this.interruption = new AbortController();
    return this;
  }

  /** What hung comes up. */
  comeUp(): void {
    this.#replace();
  }

  get podNames(): readonly string[] {
    return this.#pods.map(({ metadata }) => metadata.name);
  }

  /** Status of a rollout that has come to its end. */
  #settle(): void {
    void this.web().then(({ metadata }) =>
      this.objects.setStatus(this.#path, {
        observedGeneration: (metadata as { generation?: number }).generation,
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        ...(this.#web.kind === 'StatefulSet' && { currentRevision: 'a', updateRevision: 'a' }),
      }),
    );
  }

  #newPod(changes: object = {}): KubeObject {
    this.#count += 1;
    const name = `nginx-${this.#count}`;
    const metadata = { ...this.#first.metadata, name, uid: `uid-of-${name}` };
    return { ...this.#first, metadata, ...changes };
  }

  /** The only pod is a new one that runs. */
  #replace(): void {
    this.#pods = [this.#newPod()];
    this.#settle();
  }

  /** What the controllers make of a change of the template. */
  #roll(): void {
    const behaviour = this.behaviours.shift() ?? 'good';
    this.isOpen = this.isOpenAfterwards;
    const isSet = this.#web.kind === 'StatefulSet';
    // A StatefulSet does not replace a pod that is not ready (kubernetes.io, StatefulSets, Forced rollback).
    if (behaviour === 'hangs' || (isSet && this.#pods.some(isBroken))) return;
    // It has one pod at a time; a Deployment keeps the old one until the new one is ready.
    const kept = isSet ? [] : this.#pods;
    const change =
      behaviour === 'good'
        ? () => this.#replace()
        : () => (this.#pods = [...kept, this.#newPod({ status: crashing })]);
    this.clock.at(this.clock.monotonic() + startMs, change);
  }

  #containers(): readonly NodeContainer[] {
    const { node: server, balancer, agent } = smallShop;
    return [
      node(server, { role: 'server', startedAt }),
      node(balancer, { role: 'loadbalancer', startedAt }),
      node(agent, { role: 'agent', startedAt, restartPolicy: this.policies.get(agent) ?? 'unless-stopped' }),
    ];
  }

  #provider(): ClusterProvider {
    const provider: Partial<ClusterProvider> = {
      containers: () =>
        this.isEngineSilent ? Promise.reject(new Error('no answer')) : Promise.resolve(this.#containers()),
      setRestartPolicy: (id, policy) => {
        this.policies.set(id.replace('id-of-', ''), policy);
        return Promise.resolve();
      },
      readFolder: () => Promise.resolve(undefined),
      readArchive: () => {
        if (this.files === 'unseen') return Promise.reject(new Error('the engine is silent'));
        const files = (this.files ?? []).map((name) => entry(name, 'file'));
        return Promise.resolve({ entries: [entry('', 'directory'), ...files], isWhole: true, bytes: 512 });
      },
    };
    return provider as ClusterProvider;
  }

  #podObjects(): readonly KubeObject[] {
    if (this.files === undefined) return this.#pods;
    const volumes = [{ name: 'uploads', emptyDir: {} }];
    return this.#pods.map((pod) => Object.assign({}, pod, { spec: { ...(pod['spec'] as object), volumes } }));
  }

  #reader(): ClusterReader {
    const objects = shopObjects(startedAt, now);
    const list = async (path: string): Promise<readonly KubeObject[]> => {
      if (path === podsPath) return this.#podObjects();
      if (`${path}/${this.#web.name}` === this.#path) return [await this.web()];
      return path.startsWith('/apis/apps/') ? [] : (objects.get(path) ?? []);
    };
    return {
      ready: () => Promise.resolve(),
      list,
      get: (path) => this.objects.get(path),
      secret: () => Promise.resolve(undefined),
      secrets: () => Promise.resolve([]),
      watch: () => Promise.resolve(),
      tunnel: () => Promise.resolve(dnsStream((name) => name !== proofName || this.readsZones)),
      logs: () => Promise.resolve(''),
    };
  }

  #writer(): ClusterWriter {
    const writer: Partial<ClusterWriter> = {
      apply: async (target) => {
        const before = await this.objects.get(target.path);
        const after = await this.objects.apply(target);
        const isChanged = JSON.stringify(before?.['spec']) !== JSON.stringify(after['spec']);
        if (isChanged && target.dryRun !== true && target.path === this.#path) this.#roll();
        return after;
      },
      deleteObject: (target) => this.objects.deleteObject(target),
      deletePod: ({ uid }) => {
        this.deleted.push(uid);
        this.#replace();
        return Promise.resolve();
      },
    };
    return writer as ClusterWriter;
  }

  #context(): ActContext {
    const { clock } = this;
    return {
      stack: stackWith(this.#web),
      clock,
      reader: this.#reader(),
      provider: this.#provider(),
      door: {
        request: () =>
          this.isOpen
            ? Promise.resolve({ status: 200, body: 'ok' })
            : Promise.reject(new Error('socket hang up')),
      },
      sql: { query: () => Promise.resolve({ ok: false, error: { message: 'there is no database' } }) },
      writer: this.#writer(),
      kept: new KeptAnswers(clock),
      late: new LateAnswers(clock),
      signal: this.interruption.signal,
    };
  }
}
