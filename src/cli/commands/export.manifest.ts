import { InvalidArgumentError } from 'commander';

import type { SecretsMode } from '../../export/secrets/secret-manifest.ts';
import { defineCommand } from '../command-manifest.ts';
import type { ExportOptions } from './export-options.ts';

const modes: ReadonlySet<string> = new Set(['external', 'sealed', 'sops']);

function parseMode(text: string): SecretsMode {
  if (!modes.has(text)) throw new InvalidArgumentError('write external, sealed or sops.');
  return text as SecretsMode;
}

export const exportCommand = defineCommand<ExportOptions>({
  name: 'export',
  text: 'write the stack down as files for git, or compare; no Secret in plain (reads only)',
  examples: [
    ['rekindle export', 'what would be written, what is left out and why'],
    ['rekindle export --out ./shop', 'a Kustomize base and an overlay; Secrets without their values'],
    ['rekindle export --out ./shop --secrets sealed --sealing-cert cert.pem', 'Secrets sealed by kubeseal'],
    ['rekindle export --out ./shop --secrets sops --age-recipient age1...', 'Secrets encrypted by sops'],
    ['rekindle export --compare ./shop', 'whether the cluster is still as the folder says'],
  ],
  flags: [
    ['--out <folder>', 'write it into this folder: a new one, or one that an export has written before'],
    [
      '--secrets <form>',
      'external (default): ExternalSecret, no values at all; sealed: SealedSecret by kubeseal; sops: encrypted by sops',
      parseMode,
    ],
    ['--sealing-cert <file>', 'with --secrets sealed: certificate of the cluster that shall open them'],
    ['--age-recipient <key>', 'with --secrets sops: who shall be able to decrypt them (age1...)'],
    ['--secret-store <name>', 'with --secrets external: name of your ClusterSecretStore'],
    ['--crds', 'also write the definitions of custom resources as they are here'],
    ['--allow-plain', 'write objects in which the value of a Secret stands in plain'],
    ['--compare <folder>', 'write nothing; compare the cluster with this folder'],
  ],
  load: async () => (await import('./export.ts')).exportStack,
});
