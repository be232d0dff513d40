import type { ActContext } from '../../src/act/define-step.ts';
import { heal, type HealResult } from '../../src/app/heal.ts';
import { recover, type Recovered, type RecoverOptions } from '../../src/app/recover.ts';
import { RunLog } from '../../src/app/run-log.ts';
import type { Target } from '../../src/app/target.ts';
import type { StoredEvent } from '../../src/domain/journal-event.ts';
import type { NodeContainer } from '../../src/domain/observation.ts';
import type { Stack } from '../../src/domain/stack.ts';
import { KeptAnswers } from '../../src/observe/kept-answers.ts';
import { LateAnswers } from '../../src/observe/late-answers.ts';
import type { ClusterProvider } from '../../src/ports/cluster-provider.ts';
import type { ClusterReader } from '../../src/ports/cluster.ts';
import type { JournalStore } from '../../src/ports/journal-store.ts';
import { dnsStream } from './dns-answer.ts';
import { memoryJournal } from './memory-journal.ts';
import { node, now, shopCluster, stack } from './observation.ts';
import { shopObjects, smallShop } from './shop-objects.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The shop runs for long: nothing of it started a moment ago. */
const startedAt = now - 600_000;

const shopStack: Stack = {
  ...stack,
  components: [
    {
      ref: { kind: 'Deployment', namespace: smallShop.namespace, name: 'nginx' },
      adapter: 'edge',
      dependsOn: [],
      why: 'image nginx:1',
      podLabels: { app: 'nginx' },
    },
  ],
  poolers: [],
  frontDoor: {
    url: 'http://shop.local:8080/',
    address: '127.0.0.1:8080',
    service: { namespace: smallShop.namespace, name: 'nginx' },
    healthPath: '/',
    podPort: 80,
    podLabels: { app: 'nginx' },
  },
};

/** A stream on which nothing happens. */
function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  return promise;
}

/** A shop whose load balancer may shun its web server and whose agent may be down, and what was done about it. */
export class HealWorld {
  readonly clock = new VirtualClock(now);
  readonly journal: JournalStore;
  interruption = new AbortController();
  /** Monotonic times at which the load balancer was reloaded, ms. */
  readonly reloads: number[] = [];
  /** Monotonic times at which the agent was started, ms. */
  readonly starts: number[] = [];
  /** Whether the published address answers. */
  isShunned = false;
  /** The reload that ends it, counted from 1. */
  helpsAt = 1;
  isAgentDown = false;
  /** What the web server answers. */
  doorStatus = 200;
  /** How long the engine takes to start a container and to reload, and the published address to say no, ms. */
  startMs = 0;
  reloadMs = 0;
  refusalMs = 0;

  /** Discovery, after each pass. */
  refresh: () => Promise<void> = () => Promise.resolve();

  constructor(journal: JournalStore = memoryJournal()) {
    this.journal = journal;
  }

  /** As it is known now. */
  stack: Stack = shopStack;
  /** Where the journal says that this shop is. */
  target: Target = { ...shopCluster, engine: '/run/docker.sock' };

  get events(): readonly StoredEvent[] {
    return this.journal.events();
  }

  /** One run of the loop, as `up` makes it. */
  heal(timeoutMs: number): Promise<HealResult> {
    const { clock, journal: store, target } = this;
    const log = new RunLog({ store, target }, clock, {});
    return heal(this.context(), log, {
      timeoutMs,
      provenAt: undefined,
      refreshStack: () => this.refresh(),
    });
  }

  /** One whole recovery with everything that belongs to it in the journal. */
  recover(options: Pick<RecoverOptions, 'command' | 'tellsTasks'>): Promise<Recovered> {
    const { clock, journal: store } = this;
    const source = { known: true, stack: shopStack, due: () => false, refresh: () => Promise.resolve() };
    const { target } = this;
    const log = new RunLog({ store, target }, clock, {});
    const site = { context: this.context(), source: source as never, target, store, log };
    return recover(site, { version: '0', timeoutMs: 300_000, ...options });
  }

  #containers(): readonly NodeContainer[] {
    const { node: server, balancer, agent } = smallShop;
    return [
      node(server, { role: 'server', startedAt }),
      node(balancer, { role: 'loadbalancer', startedAt }),
      node(agent, { role: 'agent', startedAt, state: this.isAgentDown ? 'exited' : 'running' }),
    ];
  }

  #provider(): ClusterProvider {
    const provider: Partial<ClusterProvider> = {
      containers: () => Promise.resolve(this.#containers()),
      startContainer: async () => {
        await this.clock.sleep(this.startMs);
        this.starts.push(this.clock.monotonic());
        this.isAgentDown = false;
      },
      reloadLoadBalancer: async () => {
        await this.clock.sleep(this.reloadMs);
        this.reloads.push(this.clock.monotonic());
        if (this.reloads.length >= this.helpsAt) this.isShunned = false;
      },
      readFolder: () => Promise.resolve(undefined),
      follow: (_cluster, _take, signal) => untilAborted(signal),
    };
    return provider as ClusterProvider;
  }

  #reader(): ClusterReader {
    const objects = shopObjects(startedAt, now);
    return {
      ready: () => Promise.resolve(),
      list: (path) => Promise.resolve(objects.get(path) ?? []),
      get: () => Promise.resolve(undefined),
      secret: () => Promise.resolve(undefined),
      secrets: () => Promise.resolve([]),
      watch: (_path, _take, signal) => untilAborted(signal),
      tunnel: () => Promise.resolve(dnsStream()),
      logs: () => Promise.resolve(''),
    };
  }

  /** Everything that the engine may use in this world. */
  context(): ActContext {
    const { clock } = this;
    const stackNow = () => this.stack;
    return {
      get stack() {
        return stackNow();
      },
      clock,
      reader: this.#reader(),
      provider: this.#provider(),
      door: {
        request: async ({ via }) => {
          if ('stream' in via || !this.isShunned) return { status: this.doorStatus, body: 'ok' };
          await clock.sleep(this.refusalMs);
          throw new Error('socket hang up');
        },
      },
      sql: { query: () => Promise.resolve({ ok: false, error: { message: 'there is no database' } }) },
      writer: {} as ActContext['writer'],
      kept: new KeptAnswers(clock),
      late: new LateAnswers(clock),
      signal: this.interruption.signal,
    };
  }
}
