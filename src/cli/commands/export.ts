import { join } from 'node:path';

import { compareFolder } from '../../export/compare-folder.ts';
import { readDefinitions } from '../../export/definitions.ts';
import { comparisonText, exportText } from '../../export/export-text.ts';
import { readFolder } from '../../export/folder/read-folder.ts';
import { checkTarget, writeFolder, type Target } from '../../export/folder/write-folder.ts';
import { makeExport, type Export } from '../../export/make-export.ts';
import { externalSecret, unnamedStore } from '../../export/secrets/external.ts';
import { keepingCiphertext } from '../../export/secrets/kept-ciphertext.ts';
import { sealWith } from '../../export/secrets/sealed.ts';
import { encryptWithSops } from '../../export/secrets/sops.ts';
import type { WriteSecret } from '../../export/secrets/secret-manifest.ts';
import { readInputs, wire } from '../../app/wire.ts';
import { takeSnapshot } from '../../export/collect/take-snapshot.ts';
import { refText } from '../../domain/object-ref.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import { stateDirectory } from '../../record/paths.ts';
import type { ClusterReader } from '../../ports/cluster.ts';
import { answer, tell } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import type { ExportOptions } from './export-options.ts';

type Options = CommonOptions & ExportOptions;

/** An export in which something is missing would take the place of a whole one. */
export class ExportNotComplete extends ExplainedError {
  override readonly name = 'ExportNotComplete';
}

function wrong(cause: string, next: string): UsageError {
  return new UsageError({ what: 'These options do not go together', cause, place: 'rekindle export', next });
}

function checkUse({
  out,
  secrets = 'external',
  sealingCert,
  ageRecipient,
  secretStore,
  compare,
}: Options): void {
  if (compare !== undefined && out !== undefined)
    throw wrong('--compare writes nothing', 'Leave --out or --compare out.');
  const needs = [
    [sealingCert, 'sealed', '--sealing-cert'],
    [ageRecipient, 'sops', '--age-recipient'],
    [secretStore, 'external', '--secret-store'],
  ] as const;
  for (const [value, mode, flag] of needs) {
    if (value !== undefined && secrets !== mode)
      throw wrong(`${flag} is for --secrets ${mode}`, `Leave ${flag} out, or say --secrets ${mode}.`);
  }
  if (secrets === 'sealed' && sealingCert === undefined)
    throw wrong(
      '--secrets sealed needs a certificate',
      'Fetch it from the cluster that shall open them: kubeseal --fetch-cert > cert.pem, then --sealing-cert cert.pem.',
    );
  if (secrets === 'sops' && ageRecipient === undefined)
    throw wrong(
      '--secrets sops needs a recipient',
      'Name one with --age-recipient: age-keygen -y key.txt shows it.',
    );
}

/** How Secrets are written; what that needs is looked for before the cluster is asked. */
function secretWriter(
  { secrets, sealingCert, ageRecipient, secretStore }: Options,
  signal: AbortSignal,
): WriteSecret {
  const folder = join(stateDirectory(), 'sealed-secrets');
  if (secrets === 'sealed' && sealingCert !== undefined)
    return keepingCiphertext(sealWith(sealingCert, { signal }), folder);
  if (secrets === 'sops' && ageRecipient !== undefined)
    return keepingCiphertext(encryptWithSops(ageRecipient, { signal }), folder);
  return (secret) => Promise.resolve(externalSecret(secret, secretStore ?? unnamedStore));
}

/** Throws ExportNotComplete: yesterday's whole export is worth more than today's half. */
function checkComplete({ missing }: Export, { folder, before }: Target): void {
  if (missing.length === 0 || before?.complete !== true) return;
  throw new ExportNotComplete({
    what: 'The export was not written',
    cause: `it would not be complete, and what is there is: ${missing.map(({ what, why }) => `${what}: ${why}`).join('; ')}`,
    place: folder,
    next: 'Give this user the right to read these (deploy/rbac/rekindle-export.yaml), or name another folder.',
  });
}

function exportJson(made: Export, folder: string | undefined): Readonly<Record<string, unknown>> {
  const { namespace, exported, leftOut, missing, decisions } = made;
  return {
    namespace,
    complete: missing.length === 0,
    exported,
    leftOut: leftOut.map(({ object, ...others }) => Object.assign({}, others, { object: refText(object) })),
    decisions,
    missing: missing.map(({ what, why }) => ({ what, why })),
    ...(folder !== undefined && { out: folder }),
  };
}

/** The cluster and the namespace that are meant; the rest of the stack need not even be known. */
interface Source {
  readonly reader: ClusterReader;
  readonly namespace: string;
}

async function writeOut(
  { reader, namespace }: Source,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const write = secretWriter(options, signal);
  const target = options.out === undefined ? undefined : checkTarget(options.out);
  const snapshot = await takeSnapshot(reader, namespace);
  const definitions = await readDefinitions(reader, snapshot);
  const made = await makeExport(snapshot, definitions, {
    mode: options.secrets ?? 'external',
    write,
    store: options.secretStore ?? unnamedStore,
    withDefinitions: options.crds === true,
    allowPlain: options.allowPlain === true,
  });
  signal.throwIfAborted();
  if (target !== undefined) {
    checkComplete(made, target);
    writeFolder(target, made.files);
  }
  const files = Object.keys(made.files).length;
  const where =
    target === undefined
      ? `Nothing was written. With --out ./${namespace} it is ${files} files.`
      : `Wrote ${files} files to ${target.folder}. Read README.md in it first.`;
  answer(options, 'export', {
    text: `${exportText(made)}\n${where}`,
    json: exportJson(made, target?.folder),
  });
  return made.missing.length === 0 ? exitCodes.healthy : exitCodes.couldNotTell;
}

async function compareWith(
  folder: string,
  { reader, namespace }: Source,
  { options, signal }: { readonly options: Options; readonly signal: AbortSignal },
): Promise<number> {
  const files = await readFolder(folder, { signal });
  const snapshot = await takeSnapshot(reader, namespace);
  const found = compareFolder(snapshot, await readDefinitions(reader, snapshot), files);
  const { differences, compared, missing, hasSecrets } = found;
  answer(options, 'export-compare', {
    text: comparisonText(found),
    json: {
      differences: differences.map(({ object, path, left, right }) => ({
        object,
        path,
        cluster: left ?? null,
        folder: right ?? null,
      })),
      compared,
      missing: missing.map(({ what, why }) => ({ what, why })),
      secrets: hasSecrets ? 'names' : 'not compared',
    },
  });
  if (differences.length > 0) return exitCodes.broken;
  return missing.length > 0 ? exitCodes.couldNotTell : exitCodes.healthy;
}

/**
 * `rekindle export`: writes down what makes the stack, or compares it with what was written. 0 done, or the same; 1 different;
 * 2 something could not be read.
 */
export async function exportStack(options: Options, signal: AbortSignal): Promise<number> {
  checkUse(options);
  const inputs = readInputs({ ...options, signal });
  try {
    const { context, source: stack, accessNote } = await wire(inputs);
    if (accessNote !== undefined) tell(accessNote);
    await context.reader.ready();
    const source = { reader: context.reader, namespace: await stack.namespace() };
    const { compare } = options;
    return compare === undefined
      ? await writeOut(source, options, signal)
      : await compareWith(compare, source, { options, signal });
  } finally {
    inputs.store.close();
  }
}
