import { readdirSync } from 'node:fs';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  allTools,
  hardenInventory,
  hardenWorkload,
  measured,
  patchedContainer,
} from '../../../test/fakes/harden-inventory.ts';
import { deployment, service } from '../../../test/fakes/inventory.ts';
import { node, now } from '../../../test/fakes/observation.ts';
import { saw } from '../../domain/looked.ts';
import type { HardenInventory } from '../inventory.ts';
import type { Probe } from '../workload-spec.ts';
import { judgeMeasures, measures } from './index.ts';
import { patienceSeconds } from './startup-probes.ts';

test('every file of this folder is a measure that is listed', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => !name.endsWith('.test.ts') && name !== 'index.ts',
  );
  expect(files).toHaveLength(Object.keys(measures).length);
});

const probe = fc.option(
  fc.record({
    tcpSocket: fc.constant({ port: 8000 }),
    periodSeconds: fc.integer({ min: 1, max: 30 }),
    failureThreshold: fc.integer({ min: 1, max: 60 }),
    initialDelaySeconds: fc.integer({ min: 0, max: 600 }),
  }),
  { nil: undefined },
);

const defined = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const containerParts = fc.record({
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  image: fc.constantFrom('web:1', 'redis:7', 'nginx:1', 'haproxy'),
  command: fc.constantFrom([], ['redis-server', '--appendonly', 'yes'], ['gunicorn'], ['serve', 'db:5432']),
});

/** A stack of any two workloads of which the first may need the second. */
async function inventoryFor(
  parts: Readonly<Record<string, unknown>>,
  tools: readonly string[],
): Promise<HardenInventory> {
  const manifests = [
    deployment('web', { container: { ...defined(parts), ports: [{ containerPort: 8000 }] } }),
    deployment('db'),
    service('db', { ports: [{ port: 5432 }] }),
    service('web'),
  ];
  const inventory = await hardenInventory(
    manifests,
    { containers: saw([node('lb', { role: 'loadbalancer', restartPolicy: 'no' })], 'engine', now) },
    'shop',
  );
  const workloads = manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map((manifest) => hardenWorkload('shop', manifest, { tools: { main: saw(tools, 'node', now) } }));
  return { ...inventory, workloads };
}

test('the same look gives the same measures, with ids of their own, and changes nothing of what it was given', async () => {
  const arbitrary = fc.tuple(
    containerParts,
    fc.subarray([...allTools]),
    fc.float({ min: 0, max: 1000, noNaN: true }),
  );
  await fc.assert(
    fc.asyncProperty(arbitrary, async ([parts, tools, seconds]) => {
      const inventory = await inventoryFor(parts, tools);
      const measurements = measured({ 'Deployment/web': seconds });
      const before = structuredClone(inventory);
      const first = judgeMeasures(inventory, measurements);
      expect(judgeMeasures(inventory, measurements)).toEqual(first);
      expect(inventory).toEqual(before);
      const ids = first.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.every((id) => /^[a-z-]+(\/[a-z0-9.-]+)+$/.test(id))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

const bare: Probe = { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 };

test('what Helm made says so', async () => {
  const inventory = await inventoryFor(
    { readinessProbe: { tcpSocket: { port: 8000 } }, livenessProbe: bare },
    allTools,
  );
  const [web, ...others] = inventory.workloads;
  if (web === undefined) throw new Error('there is no workload');
  const workloads = [{ ...web, isHelm: true }, ...others];
  const found = judgeMeasures({ ...inventory, workloads }, measured({ 'Deployment/web': 200 }));
  const noted = found.filter(({ cannot }) =>
    cannot.some((limit) => limit.startsWith('Helm made this object')),
  );
  expect(noted.map(({ id }) => id)).toEqual(['startup-probe/deployment/web/main']);
});

test('a startup probe never gives less time than there was', async () => {
  await fc.assert(
    fc.asyncProperty(containerParts, fc.float({ min: 0, max: 1000, noNaN: true }), async (parts, seconds) => {
      const inventory = await inventoryFor(parts, allTools);
      const { startupProbe, livenessProbe = bare } = inventory.workloads[0]?.containers[0] ?? {};
      const found = measures['startup-probe'](inventory, measured({ 'Deployment/web': seconds }));
      for (const measure of found) {
        const patched = patchedContainer(measure, 'containers')?.['startupProbe'] as Partial<Probe>;
        const after = { ...(startupProbe ?? bare), ...patched };
        expect(patienceSeconds(after)).toBeGreaterThanOrEqual(patienceSeconds(startupProbe ?? livenessProbe));
      }
    }),
    { numRuns: 200 },
  );
});
