import { describe, expect, test } from 'vitest';

import { exported, namespace, sharedExportLab, type ExportLab } from '../fakes/export-lab.ts';
import { redact } from '../../src/record/redact.ts';

const lab = sharedExportLab();

/** Each value of each Secret in every form in which it might get into a text, and each longer line of it. */
async function values({ server }: ExportLab): Promise<readonly string[]> {
  const { items } = (await server.request('GET', `/api/v1/namespaces/${namespace}/secrets`)) as unknown as {
    items: { metadata: { name: string }; data: Record<string, string> }[];
  };
  return items.flatMap(({ data }) =>
    Object.entries(data)
      .filter(([key]) => key !== 'username' && key !== 'tls.crt')
      .flatMap(([, encoded]) => {
        const bytes = Buffer.from(encoded, 'base64');
        const plain = bytes.toString('utf8').trim();
        const lines = plain.split('\n').filter((line) => line.length >= 6);
        const parts = [plain, ...lines];
        const forms = parts.map((part) => Buffer.from(part).toString('base64').replaceAll('=', ''));
        return [encoded].concat(parts, forms);
      }),
  );
}

describe('values of Secrets', () => {
  test('are in no byte of an export, whatever is told beside it', async (context) => {
    const made = await exported(lab(context));
    const all = Object.entries(made.files)
      .map(([file, text]) => `${file}\n${text}`)
      .join('\n');
    const found = (await values(lab(context))).filter((value) => all.includes(value));
    expect(await values(lab(context))).toContain('Lapis-lazuli-8215-db');
    expect(found).toEqual([]);
  });

  test('that stand in another object in plain keep it from being written', async (context) => {
    const { server } = lab(context);
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await server.request('POST', path, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'copied' },
      data: { url: 'postgres://jewelry_app:Garnet-99-jade@jewelry-shop-db/jewelry_shop' },
    });
    try {
      const refused = exported(lab(context));
      await expect(refused).rejects.toThrow(
        /base\/configmap-copied\.yaml holds that of Secret jewelry-shop\/shop, key DB_URL/,
      );
      await expect(refused).rejects.not.toThrow(/Garnet/);
      const allowed = await exported(lab(context), { allowPlain: true });
      expect(allowed.files['base/configmap-copied.yaml']).toContain('Garnet-99-jade');
    } finally {
      await server.request('DELETE', `${path}/copied`);
    }
  });

  test('are known to whatever shows text from then on', async (context) => {
    await exported(lab(context));
    expect(redact('password Lapis-lazuli-8215-db')).toBe('password [redacted]');
  });
});
