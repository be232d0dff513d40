import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isFields, isSame, type Fields } from '../../harden/fields/fields.ts';
import { lastAppliedAnnotation } from './asked.ts';
import { shapeOfKind } from './kind-shapes.ts';
import type { Shape } from './shape.ts';
import { normal, stripped } from './strip.ts';

/** What an API server would add by these defaults; those that depend on other fields are left out. */
function filled(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, shape.items ?? {}));
  if (!isFields(value)) return value;
  const defaults = Object.entries(shape.defaults ?? {}).filter(([, one]) => typeof one !== 'function');
  const whole = { ...Object.fromEntries(defaults), ...value };
  return Object.fromEntries(
    Object.entries(whole).map(([name, field]) => [name, filled(field, shape.fields?.[name] ?? {})]),
  );
}

const live = (object: Fields, marks: Fields = {}): Fields => ({
  ...object,
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7', generation: 2, ...marks },
  status: { replicas: 1 },
});

const name = fc.constantFrom('a', 'b', 'c');

/** A part of a container's probe that somebody has written: defaults among the values. */
const probe = fc.record(
  {
    httpGet: fc.record(
      { path: fc.constantFrom('/', '/health'), port: fc.constant(80) },
      { requiredKeys: ['port'] },
    ),
    periodSeconds: fc.constantFrom(5, 10),
    failureThreshold: fc.constantFrom(3, 30),
    timeoutSeconds: fc.constantFrom(1, 2),
  },
  { requiredKeys: ['httpGet'] },
);

const container = fc.record(
  {
    name,
    image: fc.constantFrom('web', 'web:1', 'web:latest', 'r:5000/web', 'web@sha256:00'),
    imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
    terminationMessagePolicy: fc.constantFrom('File', 'FallbackToLogsOnError'),
    ports: fc.array(
      fc.record(
        { containerPort: fc.constantFrom(80, 81), protocol: fc.constantFrom('TCP', 'UDP') },
        { requiredKeys: ['containerPort'] },
      ),
      { maxLength: 2 },
    ),
    readinessProbe: probe,
    resources: fc.constantFrom({}, { limits: { cpu: '1' } }),
  },
  { requiredKeys: ['name', 'image'] },
);

const deployment = fc
  .record(
    {
      replicas: fc.constantFrom(0, 1, 3),
      revisionHistoryLimit: fc.constantFrom(2, 10),
      strategy: fc.constantFrom<object>({ type: 'Recreate' }, { type: 'RollingUpdate' }, {}),
      pod: fc.record(
        {
          containers: fc.uniqueArray(container, { minLength: 1, maxLength: 3, selector: (one) => one.name }),
          dnsPolicy: fc.constantFrom('ClusterFirst', 'Default'),
          terminationGracePeriodSeconds: fc.constantFrom(5, 30),
          securityContext: fc.constantFrom({}, { runAsUser: 1 }),
        },
        { requiredKeys: ['containers'] },
      ),
    },
    { requiredKeys: ['pod'] },
  )
  .map(({ pod, ...spec }): Fields => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      ...spec,
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: pod },
    },
  }));

const shape = shapeOfKind({ apiVersion: 'apps/v1', kind: 'Deployment' }) ?? {};

const applied = (object: Fields): Fields => ({
  annotations: { [lastAppliedAnnotation]: JSON.stringify(object) },
});

/** Whether everything that `part` has is in the value. */
function holds(value: unknown, part: unknown): boolean {
  if (Array.isArray(part))
    return Array.isArray(value) && part.every((item, index) => holds(value[index], item));
  if (!isFields(part)) return isSame(value, part);
  return isFields(value) && Object.entries(part).every(([key, field]) => holds(value[key], field));
}

/** Every field of the value that `defaults` does not give. */
function differing(value: unknown, defaults: Shape): unknown {
  if (Array.isArray(value)) return value.map((item) => differing(item, defaults.items ?? {}));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).flatMap(([key, field]) => {
    const wanted = defaults.defaults?.[key];
    if (typeof wanted === 'function' || (wanted !== undefined && isSame(field, wanted))) return [];
    const left = differing(field, defaults.fields?.[key] ?? {});
    return isFields(left) && Object.keys(left).length === 0 ? [] : [[key, left] as const];
  });
  return Object.fromEntries(entries);
}

describe('stripping', () => {
  test('is the same when it is done again, whatever is known of who asked for what', () => {
    fc.assert(
      fc.property(deployment, fc.boolean(), (object, isApplied) => {
        const whole = live(filled(object, shape) as Fields, isApplied ? applied(object) : {});
        const once = stripped(whole);
        expect(stripped(once)).toEqual(once);
        expect(normal(normal(once))).toEqual(normal(once));
      }),
    );
  });

  test('never removes what somebody is known to have asked for', () => {
    fc.assert(
      fc.property(deployment, (object) => {
        const whole = live(filled(object, shape) as Fields, applied(object));
        expect(holds(stripped(whole), object)).toBe(true);
      }),
    );
  });

  test('never removes what is not a default, also where nothing is known of who asked for it', () => {
    fc.assert(
      fc.property(deployment, (object) => {
        const left = stripped(live(filled(object, shape) as Fields));
        expect(holds(left['spec'], differing(object['spec'], shape.fields?.['spec'] ?? {}))).toBe(true);
      }),
    );
  });

  test('leaves nothing that an API server would fill in', () => {
    fc.assert(
      fc.property(deployment, (object) => {
        const whole = live(filled(object, shape) as Fields, applied(object));
        const bare = live(filled(stripped(whole), shape) as Fields);
        expect(normal(stripped(bare))).toEqual(normal(stripped(whole)));
      }),
    );
  });
});
