import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import type { TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';

import type { Manifest } from '../../src/migrate/manifest.ts';
import type { Measured } from '../../src/migrate/measured.ts';
import type { Files } from '../../src/migrate/overlay.ts';
import { planMigration, type Migration } from '../../src/migrate/plan-migration.ts';
import { readExport } from '../../src/migrate/read-export.ts';
import type { DatabaseChoice, TargetId } from '../../src/migrate/target.ts';
import { targets } from '../../src/migrate/targets/index.ts';
import { errorCode } from '../../src/record/explained-error.ts';
import { skipWhen } from './skip-when.ts';

const examples = path.join(import.meta.dirname, '../../examples/jewelry-shop/overlays');

/** The example stack as it runs on k3s, on its way to a provider. */
export async function migratedExample(
  id: TargetId,
  database: DatabaseChoice,
  more: { readonly measured?: Measured; readonly overlay?: 'lab' | 'public' } = {},
): Promise<Migration> {
  const read = await readExport(path.join(examples, more.overlay ?? 'public'));
  return planMigration({
    kit: targets[id],
    database,
    read,
    ...(more.measured && { measured: more.measured }),
  });
}

/** Writes the files of a migration into a folder. */
export function writeFiles(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Values as the infrastructure programs would give them: of the right form, and nobody's. */
const settings: Readonly<Record<string, string>> = {
  DOMAIN: 'shop.example.com',
  IMAGE_REGISTRY: 'europe-west1-docker.pkg.dev/project/shop',
  DATABASE_HOST: '10.1.2.3',
};

/** Fills in the settings of an overlay and the files that are outputs as well. */
export function fillSettings(overlay: string, files: Files, id: TargetId): void {
  const example = files[`kubernetes/overlays/${id}/settings.env.example`] ?? '';
  const names = [...example.matchAll(/^([A-Z_]+)=$/gm)].map(([, name = '']) => name);
  const lines = names.map(
    (name) => `${name}=${settings[name] ?? `value-of-${name.toLowerCase().replaceAll('_', '-')}`}`,
  );
  if (names.length > 0) writeFileSync(path.join(overlay, 'settings.env'), `${lines.join('\n')}\n`);
  writeFileSync(path.join(overlay, 'database_ca.pem'), 'a certificate\n');
}

/** What kubectl makes of an overlay; it asks no cluster. Skips the test where there is no kubectl. */
export async function buildOverlay(context: TestContext, folder: string): Promise<readonly Manifest[]> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', ['kustomize', folder]);
    return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
  } catch (error) {
    skipWhen(context, errorCode(error) === 'ENOENT' ? 'needs kubectl' : undefined);
    throw error;
  }
}
