import { describe, expect, test } from 'vitest';

import type { Pass } from '../app/run-log.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { JournalEvent } from '../domain/journal-event.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import type { Notice } from '../ports/notifier.ts';
import { node, now } from '../../test/fakes/observation.ts';
import { VirtualClock } from '../../test/fakes/virtual-clock.ts';
import { Agent, type Workplace } from './agent.ts';
import { sightOf, startsOf } from './sight.ts';
import { defaultSettings } from './settings.ts';
import { Triggers } from './triggers.ts';

const minute = 60_000;
const hour = 60 * minute;

const finding = (fault: string, kind: string) => ({ fault, kind, object: { kind: 'Thing', name: 'x' } });

/** A stack of two nodes of which each answer can be chosen. */
class PlainStack implements Workplace {
  readonly clock = new VirtualClock(now);
  readonly name = 'shop';
  readonly starts = { server: now - hour, agent: now - hour };
  isAgentDown = false;
  /** What hangs and looks as if it came up. */
  settling: string | undefined;
  /** What nothing can be asked through. */
  unreachable: string | undefined;
  stopped: string | undefined;
  outcome: 'usable' | 'not-usable' | 'needs-human' = 'usable';
  recoveryMs = 10_000;
  onRecover: () => void = () => undefined;
  readonly recoveries: number[] = [];
  readonly notices: (readonly [minutes: number, kind: Notice['kind']])[] = [];
  readonly events: JournalEvent[] = [];
  readonly states: AgentState[] = [];

  #answer<T>(value: T): Promise<T> {
    if (this.unreachable === undefined) return Promise.resolve(value);
    return Promise.reject(Object.assign(new Error(this.unreachable), { name: 'EngineUnreachable' }));
  }

  #pass(): Pass {
    const containers = [
      node('server-0', { role: 'server', startedAt: this.starts.server }),
      node('agent-0', {
        role: 'agent',
        startedAt: this.starts.agent,
        state: this.isAgentDown ? 'exited' : 'running',
      }),
    ];
    const findings = [
      ...(this.isAgentDown ? [finding('node-stopped', 'broken')] : []),
      ...(this.settling === undefined ? [] : [finding(this.settling, 'settling')]),
    ];
    const plan = { steps: [], refusals: [], tasks: [], waits: [] };
    return {
      findings,
      plan,
      observation: {
        at: this.clock.now(),
        containers: saw(containers, 'engine', now),
        frontDoor: couldNotLook('not known', 'front door', now),
      },
    } as unknown as Pass;
  }

  readonly look = () => this.#answer(this.#pass());
  readonly visit = () => this.#answer(undefined);
  readonly prove = () => this.#answer(undefined);
  readonly pause = () => undefined;
  readonly stoppedByHand = () => this.stopped;

  async recover(signal: AbortSignal) {
    this.recoveries.push(this.clock.monotonic());
    await this.clock.sleep(this.recoveryMs, signal).catch(() => undefined);
    if (!signal.aborted) this.onRecover();
    const outcome = signal.aborted ? ('interrupted' as const) : this.outcome;
    return {
      outcome,
      trouble: sightOf(this.#pass()).trouble,
      sentence: outcome,
      did: ['something'],
      starts: startsOf(this.#pass()),
    };
  }

  /** Runs an agent for so long; its last state before it is stopped. */
  async watch(ms: number): Promise<AgentState | undefined> {
    const { clock } = this;
    const stop = new AbortController();
    clock.at(clock.monotonic() + ms, () => stop.abort(new Error('the test is over')));
    await new Agent({
      clock,
      signal: stop.signal,
      workplace: this,
      triggers: new Triggers(clock),
      settings: defaultSettings,
      run: 'run',
      supervisor: {
        ready: () => undefined,
        status: () => undefined,
        watchdog: () => undefined,
        stopping: () => undefined,
      },
      record: (event) => this.events.push(event),
      notify: (notice) => {
        this.notices.push([Math.round(clock.monotonic() / minute), notice.kind]);
        return Promise.resolve();
      },
      show: (state) => this.states.push(state),
    }).run();
    return this.states.at(-2);
  }

  closed(): number {
    return this.events.filter(({ type }) => type === 'incident-closed').length;
  }
}

describe('a node that a recovery has started', () => {
  test('at a boot is no new boot', async () => {
    const stack = new PlainStack();
    stack.isAgentDown = true;
    stack.onRecover = () => {
      stack.isAgentDown = false;
      stack.starts.agent = stack.clock.now();
    };
    expect((await stack.watch(hour))?.state).toBe('usable');
    expect(stack.recoveries).toHaveLength(1);
    expect(stack.closed()).toBe(1);
    expect(stack.notices.map(([, kind]) => kind)).toEqual(['recovered']);
  });

  test('after it was killed is no new boot either', async () => {
    const stack = new PlainStack();
    stack.onRecover = () => {
      if (!stack.isAgentDown) return;
      stack.isAgentDown = false;
      stack.starts.agent = stack.clock.now();
    };
    stack.clock.at(20 * minute, () => (stack.isAgentDown = true));
    expect((await stack.watch(hour))?.state).toBe('usable');
    expect(stack.recoveries).toHaveLength(2);
    expect(stack.closed()).toBe(2);
  });
});

test('an engine that is killed within an incident gets help at once, as at a boot', async () => {
  const stack = new PlainStack();
  stack.clock.at(3 * minute, () => {
    stack.starts.server = stack.starts.agent = stack.clock.now();
    stack.settling = 'control-plane-silent';
    stack.onRecover = () => (stack.settling = undefined);
  });
  expect((await stack.watch(hour))?.state).toBe('usable');
  expect(stack.recoveries).toHaveLength(2);
  expect(stack.recoveries[1]).toBeLessThan(3 * minute + 30_000);
});

test('a node that starts again within an incident is proven again, and the incident goes on to its end', async () => {
  const stack = new PlainStack();
  stack.clock.at(minute, () => (stack.starts.server = stack.clock.now() - 1000));
  expect((await stack.watch(hour))?.state).toBe('usable');
  expect(stack.recoveries).toHaveLength(1);
  expect(stack.closed()).toBe(1);
});

test('a node that starts while the clock was set back is a start', async () => {
  const stack = new PlainStack();
  stack.clock.at(20 * minute, () => (stack.starts.server -= 2 * hour));
  await stack.watch(hour);
  expect(stack.recoveries).toHaveLength(2);
});

describe('what only a person can mend', () => {
  test('is over when the person has mended it, and that is told', async () => {
    const stack = new PlainStack();
    stack.settling = 'pooler-secret-unusable';
    stack.outcome = 'needs-human';
    stack.clock.at(20 * minute, () => (stack.settling = undefined));
    expect((await stack.watch(40 * minute))?.state).toBe('usable');
    expect(stack.closed()).toBe(1);
    expect(stack.notices.map(([, kind]) => kind)).toEqual(['needs-human', 'recovered']);
  });
});

describe('a stack that hangs and looks as if it came up', () => {
  test('after a boot is tried again, and a person is called within the hour', async () => {
    const stack = new PlainStack();
    stack.settling = 'primary-missing';
    stack.outcome = 'not-usable';
    stack.recoveryMs = 15 * minute;
    expect((await stack.watch(3 * hour))?.state).not.toBe('usable');
    expect(stack.recoveries.length).toBeGreaterThan(1);
    expect(stack.notices[0]).toEqual([expect.any(Number), 'needs-human']);
    expect(stack.notices[0]?.[0]).toBeLessThan(60);
    expect(stack.notices.length).toBeLessThan(6);
  });

  test('after it was usable gets help and a person', async () => {
    const stack = new PlainStack();
    stack.clock.at(20 * minute, () => {
      stack.settling = 'control-plane-silent';
      stack.outcome = 'not-usable';
      stack.recoveryMs = 15 * minute;
    });
    await stack.watch(3 * hour);
    expect(stack.recoveries[1]).toBeLessThan(
      20 * minute + defaultSettings.lookEveryMs + defaultSettings.settlingMs + minute,
    );
    expect(stack.notices[0]?.[0]).toBeLessThan(20 + 60);
  });
});

test('an engine that goes away during a visit or a proof is trouble and no end of the agent', async () => {
  const stack = new PlainStack();
  stack.clock.at(20 * minute, () => (stack.unreachable = 'connect ECONNREFUSED'));
  stack.clock.at(25 * minute, () => (stack.unreachable = undefined));
  expect((await stack.watch(hour))?.state).toBe('usable');
});

test('a cluster that is stopped by hand during a recovery is not started again', async () => {
  const stack = new PlainStack();
  stack.isAgentDown = true;
  stack.recoveryMs = 10 * minute;
  stack.clock.at(minute, () => (stack.stopped = 'stopped by hand'));
  await stack.watch(hour);
  expect(stack.recoveries).toHaveLength(1);
  expect(stack.isAgentDown).toBe(true);
  expect(stack.notices).toEqual([]);
});
