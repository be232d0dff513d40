import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** What a proof says of one file of a backup. */
const provenPart = z.strictObject({
  file: z.string(),
  /** What was done with it, in words. */
  checked: z.array(z.string()),
  /** In what it is not what was backed up; empty: it is. */
  differences: z.array(z.string()),
  /** Of a database: how long its restore took, and the reading of every row afterwards, s. */
  measured: z.strictObject({ restoreSeconds: z.number(), verifySeconds: z.number() }).optional(),
});
export type ProvenPart = z.infer<typeof provenPart>;

const verdicts = ['proven', 'bad', 'could-not-tell'] as const;
export type ProofVerdict = (typeof verdicts)[number];

/** What was found out about a backup, and how. */
const proof = z.strictObject({
  backup: z.string(),
  stack: z.string(),
  verdict: z.enum(verdicts),
  at: z.iso.datetime(),
  tool: z.string(),
  seconds: z.number().min(0),
  /** Version of the server that it was restored into (`server_version_num`); missing: it was restored nowhere. */
  restoredInto: z.int().optional(),
  parts: z.array(provenPart),
  /** Why nothing could be told; empty otherwise. */
  reasons: z.array(z.string()),
});
export type Proof = z.infer<typeof proof>;

/** Type of the predicate of our statements. */
export const predicateType = 'https://rekindle.dev/attestation/restore-proof/v1';

/** An in-toto statement: what was proven of exactly these bytes (github.com/in-toto/attestation, spec/v1/statement.md). */
const statement = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) })),
  predicateType: z.literal(predicateType),
  predicate: proof,
});
export type Statement = z.infer<typeof statement>;

/** A signed envelope (github.com/secure-systems-lab/dsse, envelope.md). */
const envelope = z.strictObject({
  payloadType: z.literal('application/vnd.in-toto+json'),
  payload: z.base64(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.base64() })).min(1),
});

/** What is signed: type and content with their lengths, so that neither can be taken for the other (dsse, protocol.md). */
function preAuthentication(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function keyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** The statement about these files, signed; the text of an envelope. */
export function signed(
  found: Proof,
  files: readonly { readonly name: string; readonly sha256: string }[],
  { key, publicKey }: { readonly key: KeyObject; readonly publicKey: KeyObject },
): string {
  const text: Statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: files.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType,
    predicate: found,
  };
  const payload = Buffer.from(JSON.stringify(text));
  const payloadType = 'application/vnd.in-toto+json';
  const sig = sign(undefined, preAuthentication(payloadType, payload), key).toString('base64');
  const signatures = [{ keyid: keyId(publicKey), sig }];
  return `${JSON.stringify({ payloadType, payload: payload.toString('base64'), signatures })}\n`;
}

/** The statement of an envelope that this key has signed. Throws when it has not, or when it is no such envelope. */
export function readSigned(text: string, publicKey: KeyObject): Statement {
  const { payloadType, payload, signatures } = envelope.parse(JSON.parse(text));
  const bytes = Buffer.from(payload, 'base64');
  const message = preAuthentication(payloadType, bytes);
  const isOurs = signatures.some(({ sig }) =>
    verify(undefined, message, publicKey, Buffer.from(sig, 'base64')),
  );
  if (!isOurs) throw new Error('the evidence was not signed by this key, or was changed since');
  return statement.parse(JSON.parse(bytes.toString('utf8')));
}
