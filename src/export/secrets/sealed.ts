import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { parse } from 'yaml';

import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import type { ChosenSecret } from '../choose.ts';
import { neededProgram, outputOf, ownPlaces, type ProgramPlaces } from '../programs.ts';
import { plainManifest, type WriteSecret } from './secret-manifest.ts';

/** The certificate of the sealed-secrets controller cannot be used. */
export class CertificateUnusable extends ExplainedError {
  override readonly name = 'CertificateUnusable';
}

const install =
  'Install kubeseal (https://github.com/bitnami-labs/sealed-secrets), or export with --secrets external, which needs no program.';

/** The certificate's fingerprint: what is sealed for another one is another text. Throws CertificateUnusable. */
function fingerprint(file: string): string {
  try {
    return createHash('sha256')
      .update(new X509Certificate(readFileSync(file)).raw)
      .digest('hex');
  } catch (error) {
    throw new CertificateUnusable({
      what: 'The Secrets cannot be sealed',
      cause: causeText(error),
      place: file,
      next: 'Fetch the certificate of the cluster that shall open them: kubeseal --fetch-cert > cert.pem',
    });
  }
}

/**
 * A Secret that the database's operator keeps as well takes no owner: the operator removes owners that it did not set
 * (pkg/cluster/sync.go, updateSecret). Without one the controller knows it by the second annotation only, and would call it
 * unmanaged right after it has made it (sealed-secrets, pkg/controller/controller.go, unseal).
 */
const unowned = {
  'sealedsecrets.bitnami.com/skip-set-owner-references': 'true',
  'sealedsecrets.bitnami.com/managed': 'true',
};

function withAnnotations(manifest: Fields, annotations: Fields): Fields {
  const metadata = isFields(manifest['metadata']) ? manifest['metadata'] : {};
  const own = isFields(metadata['annotations']) ? metadata['annotations'] : {};
  return { ...manifest, metadata: { ...metadata, annotations: { ...own, ...annotations } } };
}

/** Without the empty times that Go programs write. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => tidy(item));
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(kept.map(([name, field]) => [name, tidy(field)]));
}

export interface Sealing {
  readonly write: WriteSecret;
  /** What the result depends on besides the Secret. */
  readonly recipient: string;
}

/**
 * Seals Secrets with kubeseal for whoever has the key of the certificate; each is bound to its name and namespace (strict scope).
 * Values go to kubeseal by standard input. Throws ProgramMissing, CertificateUnusable; writing throws ProgramFailed.
 */
export function sealWith(
  certificate: string,
  { signal, places = ownPlaces() }: { readonly signal?: AbortSignal; readonly places?: ProgramPlaces } = {},
): Sealing {
  const file = resolve(certificate);
  const recipient = `kubeseal ${fingerprint(file)}`;
  const program = neededProgram(['kubeseal'], places, install);
  const write = async (secret: ChosenSecret): Promise<Fields> => {
    const plain = plainManifest(secret);
    const manifest = secret.isOfOperator ? withAnnotations(plain, unowned) : plain;
    const sealed = await outputOf({
      argv: [program, '--cert', file, '--format', 'yaml', '--scope', 'strict', '--allow-empty-data'],
      input: JSON.stringify(manifest),
      signal,
    });
    return tidy(parse(sealed)) as Fields;
  };
  return { write, recipient };
}
