import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { boot, healthy, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { saw } from '../domain/looked.ts';
import { blocksOf, type NetworkPolicy } from '../domain/network-policy.ts';
import type { PoolerFacts } from '../domain/observation.ts';
import type { Stack } from '../domain/stack.ts';
import { networkPolicy } from '../observe/collectors/network-policies.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { KubeObject } from '../ports/cluster.ts';

const everything = { matchLabels: {}, matchExpressions: [] };
const poolerLabels = { application: 'db-connection-pooler' };
const memberLabels = { application: 'spilo' };
const shop: Stack = {
  ...stack,
  databases: [{ namespace: 'shop', cluster: 'db', memberLabels } as unknown as Stack['databases'][number]],
};
const refused = { result: 'refused', message: 'server login has been failing (server_login_retry)' } as const;

function policy(changes: Partial<NetworkPolicy>): NetworkPolicy {
  return { namespace: 'shop', name: 'deny', createdAt: boot, podSelector: everything, ...changes };
}

function judged(policies: readonly NetworkPolicy[], login: PoolerFacts['login'] = refused) {
  const poolers = [pooler({ login }), pooler({ login, pod: 'db-pooler-2', podUid: 'uid-of-db-pooler-2' })];
  const observation = healthy({
    pods: saw(
      [
        pod('db-pooler-1', { labels: poolerLabels }),
        pod('db-pooler-2', { labels: poolerLabels }),
        pod('db-0', { labels: memberLabels }),
      ],
      'API',
      now,
    ),
    poolers: saw(poolers, 'poolers', now),
    networkPolicies: saw({ policies, namespaceLabels: {} }, 'network policies', now),
  });
  const check = { stack: shop, firstSeen: () => boot };
  const findings = diagnose(observation, check);
  const context = { stack: shop, observation, past: [], run: 'run', busy: new Set<string>() };
  return { findings, plan: makePlan(findings, check, context) };
}

/** The manifests of the command that is printed, as policies. */
function printed(byHand: string): readonly NetworkPolicy[] {
  const manifest = byHand.slice(byHand.indexOf('\n') + 1, -'EOF'.length);
  return parseAllDocuments(manifest).map((document) =>
    networkPolicy({ ...(parse(String(document)) as KubeObject) }),
  );
}

const connection = {
  from: { namespace: 'shop', namespaceLabels: {}, labels: poolerLabels, ip: '10.42.0.5' },
  to: { namespace: 'shop', namespaceLabels: {}, labels: memberLabels, ip: '10.42.0.5' },
  protocol: 'TCP',
  port: 5432,
  portNames: {},
} as const;

describe('a policy that cuts PgBouncer off', () => {
  test.each([
    ['its own egress', [policy({ egress: [] })]],
    [
      "the database's ingress",
      [policy({ podSelector: { ...everything, matchLabels: memberLabels }, ingress: [] })],
    ],
    ['both', [policy({ egress: [], ingress: [] })]],
  ])('by %s is named once, with policies that open the way and nothing else to do', (_name, policies) => {
    const { findings, plan } = judged(policies);
    expect(findings.filter(({ fault }) => fault === 'network-policy-blocks')).toHaveLength(1);
    expect(findings.find(({ fault }) => fault === 'network-policy-blocks')?.claim).toBe(
      'NetworkPolicy deny lets no connection through from db-pooler to db (port 5432).',
    );
    expect([plan.steps, plan.refusals]).toEqual([[], []]);
    expect(plan.tasks).toHaveLength(1);
    const opening = printed(plan.tasks[0]?.byHand ?? '');
    expect(blocksOf(policies, connection)).not.toEqual([]);
    expect(blocksOf([...policies, ...opening], connection)).toEqual([]);
  });

  test('is not blamed for a pooler that lets the app in, nor when it lets the connection through', () => {
    expect(judged([policy({ egress: [] })], { result: 'ok' }).findings).toEqual([]);
    const open = policy({ egress: [{ peers: [], ports: [{ protocol: 'TCP', port: 5432 }] }] });
    const { findings, plan } = judged([open]);
    expect(findings.map(({ fault }) => fault)).toEqual(['pooler-refuses-logins', 'pooler-refuses-logins']);
    expect(plan.steps.map(({ step }) => step)).toEqual(['nudge-pooler', 'nudge-pooler']);
  });
});
