import { z } from 'zod';

import { poolerProfiles, type PoolerProfileName } from '../domain/pooler-profiles.ts';
import { settingProblem } from '../domain/pooler-settings.ts';
import { writeProbeShape } from '../discover/declared-probe.ts';

const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a Kubernetes name');
const seconds = z
  .string()
  .regex(/^\d+s$/, 'must be seconds, e.g. 15s')
  .transform((text) => Number(text.slice(0, -1)));

const component = z.strictObject({
  ref: z.strictObject({ kind: z.enum(['Deployment', 'StatefulSet']), name, namespace: name.optional() }),
  adapter: z.enum(['patroni', 'pgbouncer', 'redis', 'celery', 'web', 'edge', 'workload']).optional(),
  /** `Kind/name` of components that must work first; what is left out is discovered. */
  dependsOn: z.array(z.string()).optional(),
});

/** Values are numbers; as text they may have digits that YAML's numbers would lose. Each wrong one is told at its line. */
const poolerSettings = z
  .record(z.string(), z.unknown())
  .superRefine((settings, context) => {
    for (const [key, value] of Object.entries(settings)) {
      const problem = settingProblem(key, typeof value === 'number' ? String(value) : value);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [key], message: problem });
    }
  })
  .transform((settings) =>
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
  );

/** `rekindle.yaml`: everything under spec is optional, unknown keys are errors. */
export const stackFileSchema = z.strictObject({
  apiVersion: z.literal('rekindle.dev/v1alpha1'),
  kind: z.literal('Stack'),
  metadata: z.strictObject({ name }),
  spec: z
    .strictObject({
      cluster: z
        .strictObject({ provider: z.literal('k3d').default('k3d'), name, context: z.string().optional() })
        .optional(),
      namespace: name.optional(),
      components: z.array(component).optional(),
      frontDoor: z
        .strictObject({
          url: z.url({ protocol: /^https?$/ }).optional(),
          address: z
            .string()
            .regex(/^[^:]+:\d+$/, 'must be host:port')
            .optional(),
          /** TLS Secret whose certificate is trusted besides the system's CAs. */
          tlsSecret: name.optional(),
          healthPath: z.string().startsWith('/').optional(),
          writeProbe: writeProbeShape.optional(),
        })
        .optional(),
      pooler: z
        .strictObject({
          profile: z
            .enum(Object.keys(poolerProfiles) as [PoolerProfileName, ...PoolerProfileName[]])
            .optional(),
          /** Settings of section [pgbouncer] by key; they win over the profile's. */
          settings: poolerSettings.optional(),
        })
        .optional(),
      backup: z
        .strictObject({
          /** Claims whose files a backup takes, and those that it leaves, where the evidence leads astray. */
          volumes: z.strictObject({ take: z.array(name).optional(), leave: z.array(name).optional() }),
        })
        .optional(),
      policy: z
        .strictObject({
          stabilityWindow: seconds.optional(),
          attempts: z.number().int().min(1).max(10).optional(),
        })
        .optional(),
    })
    .default({}),
});

export type StackFile = z.infer<typeof stackFileSchema>;
