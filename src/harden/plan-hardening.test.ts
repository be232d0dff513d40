import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { exampleLab } from '../../test/fakes/example-shop.ts';
import { hardenInventory, measured } from '../../test/fakes/harden-inventory.ts';
import { AppliedObjects } from '../../test/fakes/server-side-apply.ts';
import { refText } from '../domain/object-ref.ts';
import type { KubeObject } from '../ports/cluster.ts';
import { objectPath } from './apply/object-place.ts';
import type { Fields } from './fields/fields.ts';
import { shapeOf } from './fields/merge-fields.ts';
import type { Measure } from './measure.ts';
import { judgeMeasures } from './measures/index.ts';
import {
  appliedMeasures,
  configurationWith,
  configurationWithout,
  fieldManager,
  hardenedAnnotation,
  planMeasures,
  withoutOurs,
} from './plan-hardening.ts';

const namespace = 'jewelry-shop';

function shop(): AppliedObjects {
  const objects = new AppliedObjects();
  for (const manifest of exampleLab()) {
    const path = objectPath({ kind: manifest.kind, namespace, name: manifest.metadata.name });
    const metadata = { ...manifest.metadata, namespace };
    if (path.startsWith('/')) objects.put(path, { ...manifest, metadata });
  }
  return objects;
}

/** The measures that only add: what `--apply` may do to this shop. */
async function additions(): Promise<readonly Measure[]> {
  const all = judgeMeasures(await hardenInventory(), measured({ 'Deployment/django': 200 }));
  return all.filter(({ name, change }) => change.by === 'patch' && name !== 'readiness');
}

const patchOf = ({ id, change }: Measure) => ({ id, patch: change.by === 'patch' ? change.patch : {} });

async function apply(objects: AppliedObjects, measure: Measure): Promise<void> {
  const path = objectPath(measure.object);
  const fields = configurationWith(await objects.get(path), measure.object, [patchOf(measure)]);
  await objects.apply({ path, manager: fieldManager, object: fields });
}

async function undo(objects: AppliedObjects, measure: Measure, all: boolean): Promise<void> {
  const path = objectPath(measure.object);
  const live = await objects.get(path);
  if (live === undefined) throw new Error(`${path} is gone`);
  const fields = configurationWithout(
    live,
    measure.object,
    all ? undefined : [{ id: measure.id, patch: shapeOf(patchOf(measure).patch) }],
  );
  await objects.apply({ path, manager: fieldManager, object: fields });
}

/** Without what every write changes. */
function contents(object: KubeObject | undefined): unknown {
  const { metadata, ...rest } = object ?? { metadata: {} };
  const { resourceVersion: _version, generation: _generation, ...kept } = metadata as Fields;
  return { ...rest, metadata: kept };
}

async function allContents(objects: AppliedObjects): Promise<unknown> {
  return Promise.all(objects.paths.map(async (path) => contents(await objects.get(path))));
}

describe('applying and taking back', () => {
  test('whatever is applied in whatever order, taking all back gives the original', async () => {
    const measures = await additions();
    expect(measures.length).toBeGreaterThanOrEqual(5);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...measures]), fc.boolean(), async (chosen, all) => {
        const objects = shop();
        const before = await allContents(objects);
        for (const measure of chosen) await apply(objects, measure);
        for (const measure of chosen) await undo(objects, measure, all);
        expect(await allContents(objects)).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test('a measure that is applied is known as such, and the measures see the object without it', async () => {
    const measures = await additions();
    const objects = shop();
    for (const measure of measures) await apply(objects, measure);
    const lives = new Map<string, KubeObject>();
    for (const { object } of measures) {
      const live = await objects.get(objectPath(object));
      if (live !== undefined) lives.set(refText(object), live);
    }
    expect(planMeasures(measures, lives).map(({ state }) => state)).toEqual(measures.map(() => 'applied'));
    const untouched = shop();
    for (const { object } of measures) {
      const live = lives.get(refText(object));
      const original = await untouched.get(objectPath(object));
      expect(live && withoutOurs(live)['spec']).toEqual(original?.['spec']);
    }
  });

  test('one of two measures of an object goes, the other stays', async () => {
    const objects = shop();
    const wait = (await additions()).find(({ object }) => object.name === 'celery-worker');
    if (wait === undefined) throw new Error('there is no measure');
    const patch = { spec: { template: { spec: { containers: [{ name: 'celery', workingDir: '/srv' }] } } } };
    const other: Measure = { ...wait, id: 'other', change: { by: 'patch', patch, restarts: 1 } };
    await apply(objects, wait);
    await apply(objects, other);
    const path = objectPath(wait.object);
    expect(appliedMeasures((await objects.get(path)) as KubeObject)).toEqual(['other', wait.id]);
    await undo(objects, wait, false);
    const left = await objects.get(path);
    expect(appliedMeasures(left as KubeObject)).toEqual(['other']);
    expect(left?.['spec']).toMatchObject({ template: { spec: { containers: [{ workingDir: '/srv' }] } } });
    expect(JSON.stringify(left)).not.toContain('rekindle-wait');
    expect(left?.metadata.annotations?.[hardenedAnnotation]).toBe('other');
  });

  test('what somebody else has set is named with its owner, and not applied over', async () => {
    const objects = shop();
    const all = judgeMeasures(await hardenInventory(), measured({}));
    const readiness = all.filter(({ name }) => name === 'readiness');
    const path = objectPath({ kind: 'StatefulSet', namespace, name: 'redis' });
    const live = await objects.get(path);
    if (live === undefined) throw new Error('redis is gone');
    const [planned] = planMeasures(readiness, new Map([[`StatefulSet ${namespace}/redis`, live]]));
    expect(planned).toMatchObject({
      state: 'owned',
      owners: [
        {
          field: '.spec.template.spec.containers[name="redis"].readinessProbe.tcpSocket',
          manager: 'kubectl',
        },
      ],
    });
    const probe = { name: 'redis', readinessProbe: { periodSeconds: 1 } };
    const fields = { ...live, spec: { template: { spec: { containers: [probe] } } } };
    await expect(objects.apply({ path, manager: fieldManager, object: fields })).rejects.toThrow(
      /conflict with "kubectl"/,
    );
  });
});
