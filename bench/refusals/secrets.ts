import { primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { withFault } from './with-fault.ts';

async function passwordHash({ lab }: Site): Promise<string> {
  const statement = `select rolpassword from pg_authid where rolname = '${shop.poolerRole}'`;
  return sql(lab, await primaryPod(lab), statement);
}

/**
 * PgBouncer turns everybody away because its role's password was changed; what the Secret has become decides what may be
 * done. The role's password must be the same afterwards.
 */
async function withSecret(site: Site, spoil: () => Promise<unknown>): Promise<Ended> {
  const { lab } = site;
  const secret = await shopKubectl(lab, ['get', 'secret', shop.poolerSecret, '-o', 'json']);
  return withFault(site, 'pooler-password-changed', async () => {
    try {
      await spoil();
      const before = await passwordHash(site);
      const ended = await site.rekindle();
      if ((await passwordHash(site)) !== before) throw new Error('the password of the role was changed');
      return ended;
    } finally {
      await shopKubectl(lab, ['delete', 'secret', shop.poolerSecret, '--ignore-not-found']);
      await shopKubectl(lab, ['create', '-f', '-'], withoutIdentity(secret));
    }
  });
}

/** An object as it was, without what the API server gave it. */
function withoutIdentity(text: string): string {
  const object = JSON.parse(text) as { metadata: Record<string, unknown> };
  const { name, namespace, labels, annotations, ownerReferences } = object.metadata;
  return JSON.stringify({ ...object, metadata: { name, namespace, labels, annotations, ownerReferences } });
}

const patch = (value: string) =>
  JSON.stringify({ data: { password: Buffer.from(value).toString('base64') } });

/** R1: without a Secret that can be right, nobody's password is touched. */
export const secretCases: readonly RefusalCase[] = [
  defineCase({
    id: 'R1a',
    title: "the Secret of PgBouncer's role is missing",
    expected: { exitCode: 1, says: /is missing or has no such key/ },
    needsWholeStack: true,
    run: (site) => withSecret(site, () => shopKubectl(site.lab, ['delete', 'secret', shop.poolerSecret])),
  }),
  defineCase({
    id: 'R1b',
    title: "the Secret of PgBouncer's role is empty",
    expected: { exitCode: 1, says: /holds an empty value/ },
    needsWholeStack: true,
    run: (site) =>
      withSecret(site, () => shopKubectl(site.lab, ['patch', 'secret', shop.poolerSecret, '-p', patch('')])),
  }),
];
