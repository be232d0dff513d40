import { describe, expect, it } from 'vitest';

import { couldNotLook } from '../../domain/looked.ts';
import { refText } from '../../domain/object-ref.ts';
import { casesOf } from '../../../test/fakes/readiness-cases/all.ts';
import { snapshotOf } from '../../../test/fakes/readiness.ts';
import { soundShop } from '../../../test/fakes/sound-shop.ts';
import { runChecks } from '../run-checks.ts';
import { kindNames, type Kind } from '../world/kinds.ts';
import type { Snapshot } from '../world/snapshot.ts';
import { worldOf } from '../world/world.ts';
import { readinessChecks } from './index.ts';

/** The same, with kinds that could not be listed. */
function blindTo(snapshot: Snapshot, kinds: readonly Kind[]): Snapshot {
  const unseen = kinds.map((kind) => [kind, couldNotLook<never[]>('forbidden', kind, snapshot.at)]);
  return {
    ...snapshot,
    objects: { ...snapshot.objects, ...Object.fromEntries(unseen) } as Snapshot['objects'],
  };
}

function toldOf(id: string, snapshot: Snapshot): readonly string[] {
  const found = runChecks(snapshot, worldOf(snapshot)).find(({ check }) => check.id === id);
  return (found?.findings ?? []).map(
    ({ object, severity, claim }) => `${severity} ${refText(object)}: ${claim}`,
  );
}

describe.each(readinessChecks)('$id', ({ id, needs }) => {
  it('judges the same when what it does not name could not be looked at', () => {
    const others = kindNames.filter((kind) => !needs.includes(kind));
    for (const { objects, snapshot } of casesOf(id)) {
      const whole = snapshotOf(objects, snapshot);
      expect(toldOf(id, blindTo(whole, others))).toEqual(toldOf(id, whole));
    }
  });

  it.each(needs.filter((need): need is Kind => need !== 'answers' && need !== 'uses'))(
    'says nothing against a sound stack when %s could not be looked at',
    (kind) => {
      expect(toldOf(id, blindTo(snapshotOf(soundShop()), [kind]))).toEqual([]);
    },
  );
});
