import { randomUUID } from 'node:crypto';

import type { StoredEvent } from '../../src/domain/journal-event.ts';
import type { JournalStore } from '../../src/ports/journal-store.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { Agent } from '../../src/watch/agent.ts';
import type { AgentState } from '../../src/domain/agent-state.ts';
import { defaultSettings, type WatchSettings } from '../../src/watch/settings.ts';
import { Triggers } from '../../src/watch/triggers.ts';
import { SessionWorkplace } from '../../src/watch/workplace.ts';
import { HealWorld } from './heal-world.ts';

/** A shop with an agent that watches it, on a clock of its own. */
export class WatchWorld {
  readonly shop: HealWorld;
  readonly triggers: Triggers;
  readonly notices: Notice[] = [];
  readonly states: AgentState[] = [];
  /** How often the agent told its supervisor that it goes on. */
  beats = 0;
  readonly settings: WatchSettings;
  /** Another process that holds the cluster's lock. */
  isLocked = false;
  /** Why no session can be begun. */
  unreachable: string | undefined;
  /** An agent has watched this cluster before. */
  isKnown = false;
  readonly workplace: SessionWorkplace;

  constructor(settings: Partial<WatchSettings> = {}, journal?: JournalStore) {
    this.settings = { ...defaultSettings, ...settings };
    const shop = new HealWorld(journal);
    const triggers = new Triggers(shop.clock);
    this.shop = shop;
    this.triggers = triggers;
    const target = { cluster: 'shop', context: 'k3d-shop', engine: '/run/docker.sock' };
    const source = { known: true, stack: shop.stack, due: () => false, refresh: () => Promise.resolve() };
    const session = () => ({
      context: shop.context(),
      source: source as never,
      target,
      store: shop.journal,
      close: () => undefined,
    });
    this.workplace = new SessionWorkplace({
      clock: shop.clock,
      version: '0',
      open: () =>
        this.unreachable === undefined
          ? Promise.resolve(session())
          : Promise.reject(Object.assign(new Error(this.unreachable), { name: 'EngineUnreachable' })),
      journal: shop.journal,
      record: (event) => shop.journal.append(event, shop.clock.now()),
      run: randomUUID(),
      boot: 'this boot',
      lastWatched: () => (this.isKnown ? target : undefined),
      holding: (_cluster, work) => {
        if (this.isLocked)
          return Promise.reject(Object.assign(new Error('process 7'), { name: 'AnotherAtWork' }));
        return work();
      },
      listener: {},
      restraint: { perObjectAndHour: 6, perHour: 30 },
      recoveryMs: this.settings.recoveryMs,
      poke: triggers.poke,
      alive: () => undefined,
    });
  }

  get events(): readonly StoredEvent[] {
    return this.shop.events;
  }

  /** Runs an agent until this much time has passed on the shop's clock. */
  async run(ms: number): Promise<void> {
    const { shop, triggers, workplace, settings } = this;
    const stop = new AbortController();
    shop.clock.at(shop.clock.monotonic() + ms, () => stop.abort(new Error('the test is over')));
    const run = randomUUID();
    const agent = new Agent({
      clock: shop.clock,
      signal: stop.signal,
      workplace,
      triggers,
      settings,
      run,
      supervisor: {
        ready: () => undefined,
        status: () => undefined,
        watchdog: () => {
          this.beats += 1;
        },
        stopping: () => undefined,
      },
      record: (event) => shop.journal.append(event, shop.clock.now()),
      notify: (notice) => {
        this.notices.push(notice);
        return Promise.resolve();
      },
      show: (state) => this.states.push(state),
    });
    await agent.run();
    await workplace.close();
  }
}
