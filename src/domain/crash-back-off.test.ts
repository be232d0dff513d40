import { describe, expect, test } from 'vitest';

import { container, now, pod } from '../../test/fakes/observation.ts';
import { expectedStart, isBackingOff, remainingBackOff, startedAgainBy } from './crash-back-off.ts';
import type { ContainerFacts } from './observation.ts';

const endedAt = now - 10_000;
const waits = (message: string | undefined, changes: Partial<ContainerFacts> = {}) =>
  container({
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    lastExit: { exitCode: 1, finishedAt: endedAt },
    ...(message !== undefined && { message }),
    ...changes,
  });
const message = (wait: string) => `back-off ${wait} restarting failed container=main pod=web`;
const endUnknown = { lastExit: { exitCode: 1 } };

/** Until when the kubelet may be late by itself, ms. */
const late = 15_000;

describe('a crash back-off', () => {
  test.each([
    ['10s', 10],
    ['1m20s', 80],
    ['5m0s', 300],
  ])('of %s lasts %i s from the end of the container', (wait, seconds) => {
    const waiting = waits(message(wait));
    expect(remainingBackOff(waiting, now)).toBe(seconds - 10);
    const web = pod('web', { containers: [waiting] });
    expect(isBackingOff(web)).toBe(true);
    expect(startedAgainBy(web)).toBe(endedAt + seconds * 1000 + late);
  });

  test('of which the kubelet does not say how long is taken to be the longest', () => {
    expect(remainingBackOff(waits('something else'), now)).toBeUndefined();
    expect(startedAgainBy(pod('web', { containers: [waits(undefined)] }))).toBe(endedAt + 300_000 + late);
  });

  test('ends nobody knows when, if the container has no end', () => {
    const waiting = waits(message('10s'), endUnknown);
    expect(remainingBackOff(waiting, now)).toBeUndefined();
    expect(startedAgainBy(pod('web', { containers: [waits(message('10s')), waiting] }))).toBeUndefined();
  });

  test('is followed by the look of the kubelet that starts the container', () => {
    expect(expectedStart(waits(message('20s')), now)).toBe(17);
    expect(
      expectedStart(waits(message('10s'), { lastExit: { exitCode: 1, finishedAt: now - 18_000 } }), now),
    ).toBe(-1);
    expect(expectedStart(waits('something else'), now)).toBeUndefined();
  });

  test('of several containers ends with the last', () => {
    const containers = [waits(message('10s')), waits(message('40s')), container()];
    expect(startedAgainBy(pod('web', { containers }))).toBe(endedAt + 40_000 + late);
  });

  test('is not what another wait is', () => {
    const pulling = waits(message('10s'), { reason: 'ImagePullBackOff' });
    expect(remainingBackOff(pulling, now)).toBeUndefined();
    expect(isBackingOff(pod('web', { containers: [pulling, container()] }))).toBe(false);
    expect(startedAgainBy(pod('web'))).toBeUndefined();
  });
});
