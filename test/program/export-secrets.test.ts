import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';

import type { ChosenSecret } from '../../src/export/choose.ts';
import { manifestText } from '../../src/export/folder/manifest-text.ts';
import { keepingCiphertext } from '../../src/export/secrets/kept-ciphertext.ts';
import { sealWith } from '../../src/export/secrets/sealed.ts';
import { encryptWithSops } from '../../src/export/secrets/sops.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { goProgram, type Found } from './from-registries.ts';

const programs: { kubeseal?: Found; sops?: Found } = {};

beforeAll(async () => {
  programs.kubeseal = await goProgram('kubeseal');
  programs.sops = await goProgram('sops');
}, 3_000_000);

function program(context: TestContext, name: keyof typeof programs): string {
  const found = programs[name];
  skipWhen(context, found?.lacking);
  return found?.file ?? '';
}

const placesOf = (file: string) => ({ path: dirname(file), home: '/nonexistent' });

const encode = (value: string | Buffer) => Buffer.from(value).toString('base64');

const values = {
  password: encode('Lapis-lazuli-8215-db'),
  binary: encode(Buffer.of(0, 255, 128, 10, 13)),
  'multi.txt': encode('first: line\n  # second "line"\n'),
};

function secret(isOfOperator = false, data: Readonly<Record<string, string>> = values): ChosenSecret {
  const last = JSON.stringify({ stringData: { password: 'Lapis-lazuli-8215-db' } });
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'jewelry-app.db',
      namespace: 'shop',
      uid: 'u',
      labels: { application: 'spilo' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last, note: 'kept' },
    },
    type: 'Opaque',
    data,
  };
  return { object, isOfOperator };
}

/** A key pair as the sealed-secrets controller makes it. */
function sealingKeys(): { readonly certificate: string; readonly key: string } {
  const folder = temporaryFolder();
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const request = [
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    'rsa:2048',
    '-days',
    '2',
    '-subj',
    '/CN=sealed-secret',
  ];
  execFileSync('openssl', [...request, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return { certificate, key };
}

/** In no form that a person or a program would read. */
function expectNothingInPlain(text: string): void {
  for (const value of Object.values(values)) {
    expect(text).not.toContain(value);
    expect(text).not.toContain(Buffer.from(value, 'base64').toString('utf8').trim());
  }
}

describe('kubeseal', () => {
  test('seals what the key of the certificate opens, and nobody else', async (context) => {
    const file = program(context, 'kubeseal');
    const { certificate, key } = sealingKeys();
    const sealed = await sealWith(certificate, { places: placesOf(file) }).write(secret());
    expectNothingInPlain(JSON.stringify(sealed));
    expect(sealed).toMatchObject({
      kind: 'SealedSecret',
      metadata: { name: 'jewelry-app.db', namespace: 'shop' },
      spec: { template: { metadata: { labels: { application: 'spilo' }, annotations: { note: 'kept' } } } },
    });
    const open = (text: string, with_: string) =>
      execFileSync(file, ['--recovery-unseal', '--recovery-private-key', with_], {
        input: text,
        stdio: 'pipe',
      });
    const opened = JSON.parse(open(manifestText(sealed), key).toString()) as { data: object };
    expect(opened.data).toEqual(values);
    const other = sealingKeys();
    expect(() => open(manifestText(sealed), other.key)).toThrow(/no key could decrypt/);
    const elsewhere = manifestText(sealed).replaceAll('namespace: shop', 'namespace: thief');
    expect(() => open(elsewhere, key)).toThrow(/no key could decrypt/);
  });

  test('what the operator keeps as well takes no owner, and stays managed', async (context) => {
    const file = program(context, 'kubeseal');
    const sealed = await sealWith(sealingKeys().certificate, { places: placesOf(file) }).write(secret(true));
    expect(JSON.stringify(sealed)).toContain('"sealedsecrets.bitnami.com/skip-set-owner-references":"true"');
    expect(JSON.stringify(sealed)).toContain('"sealedsecrets.bitnami.com/managed":"true"');
  });
});

/** What sops makes of a text with this key. */
function decrypt(file: string, text: string, key: string) {
  const opened = execFileSync(file, ['decrypt', '--input-type', 'yaml', '--output-type', 'json'], {
    input: text,
    stdio: 'pipe',
    env: { SOPS_AGE_KEY: key, HOME: '/nonexistent', PATH: process.env['PATH'] },
  });
  return JSON.parse(opened.toString()) as { data: object; metadata: object };
}

describe('sops', () => {
  test('encrypts values for the recipient, and leaves names readable', async (context) => {
    const file = program(context, 'sops');
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const encrypted = await encryptWithSops(recipient, { places: placesOf(file) }).write(secret());
    const text = manifestText(encrypted);
    expectNothingInPlain(text);
    expect(encrypted).toMatchObject({
      kind: 'Secret',
      metadata: { name: 'jewelry-app.db', namespace: 'shop' },
    });
    expect(Object.keys(encrypted['data'] as object)).toEqual(expect.arrayContaining(Object.keys(values)));
    const opened = decrypt(file, text, identity);
    expect(opened.data).toEqual(values);
    expect(opened.metadata).toMatchObject({ annotations: { note: 'kept' } });
    const stranger = await generateIdentity();
    expect(() => decrypt(file, text, stranger)).toThrow(/Failed to get the data key/);
  });

  test('who else is named in the environment of whoever exports cannot read it', async (context) => {
    const file = program(context, 'sops');
    const [own, other] = [await generateIdentity(), await generateIdentity()];
    process.env['SOPS_AGE_RECIPIENTS'] = await identityToRecipient(other);
    try {
      const { write } = encryptWithSops(await identityToRecipient(own), { places: placesOf(file) });
      const text = manifestText(await write(secret()));
      expect(decrypt(file, text, own).data).toEqual(values);
      expect(() => decrypt(file, text, other)).toThrow(/Failed to get the data key/);
    } finally {
      delete process.env['SOPS_AGE_RECIPIENTS'];
    }
  });

  test('an unchanged Secret is written as it was before; what is kept for that says nothing', async (context) => {
    const file = program(context, 'sops');
    const recipient = await identityToRecipient(await generateIdentity());
    const folder = join(temporaryFolder(), 'kept');
    const sealing = encryptWithSops(recipient, { places: placesOf(file) });
    const first = await keepingCiphertext(sealing, folder)(secret());
    expect(await keepingCiphertext(sealing, folder)(secret())).toEqual(first);
    expect(await sealing.write(secret())).not.toEqual(first);
    const changed = await keepingCiphertext(
      sealing,
      folder,
    )(secret(false, { password: encode('another-one') }));
    expect(changed).not.toEqual(first);
    const kept = execFileSync('find', [folder, '-type', 'f', '-printf', '%m %p\n'])
      .toString()
      .trim()
      .split('\n');
    expect(kept.map((line) => line.slice(0, 4))).toEqual(['600 ', '600 ', '600 ']);
    for (const line of kept) expectNothingInPlain(`${line} ${readFileSync(line.slice(4), 'utf8')}`);
  });
});

describe('what is missing or wrong is told before anything is read', () => {
  test.each([
    [
      'no kubeseal',
      () => sealWith(sealingKeys().certificate, { places: nowhere }),
      /program kubeseal is missing.*Install/,
    ],
    ['no sops', () => encryptWithSops('age1qqq', { places: nowhere }), /program sops is missing.*Install/],
    [
      'no certificate',
      () => sealWith('/nonexistent/cert.pem', { places: nowhere }),
      /ENOENT.*kubeseal --fetch-cert/,
    ],
    [
      'no recipient',
      () => encryptWithSops('somebody', { places: nowhere }),
      /no recipient of age \(somebody\)/,
    ],
  ])('%s', (_what, begin, words) => {
    expect(begin).toThrow(words);
  });

  test('a secret key in place of the recipient is not shown', () => {
    const key = 'AGE-SECRET-KEY-1QQPQYLLNG';
    expect(() => encryptWithSops(key, { places: nowhere })).toThrow(/this is the secret key/);
    expect(() => encryptWithSops(key, { places: nowhere })).not.toThrow(/QQPQYLLNG/);
  });
});

const nowhere = { path: '/nonexistent', home: '/nonexistent' };
