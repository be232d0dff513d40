import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { temporaryFolder } from './temporary-folder.ts';

/** A self-signed certificate and its key, PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** What `openssl ca` wants to know; it alone of openssl 3.0 takes both dates. */
const settings = `[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = policy
copy_extensions = copy
[policy]
commonName = supplied
`;

/** A certificate of a name that is valid between two dates (`20360101000000Z`), today and tomorrow by default. */
export function certificateOf(name: string, dates?: readonly [from: string, until: string]): KeyPair {
  const cwd = temporaryFolder();
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd, stdio: 'pipe' });
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name},IP:127.0.0.1`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key'];
  if (dates === undefined) {
    openssl('req', '-x509', '-days', '2', ...kind, ...names, '-out', 'cert');
  } else {
    writeFileSync(path.join(cwd, 'index.txt'), '');
    writeFileSync(path.join(cwd, 'settings'), settings);
    openssl('req', '-new', ...kind, ...names, '-out', 'request');
    const [from, until] = dates;
    const sign = ['ca', '-batch', '-notext', '-selfsign', '-config', 'settings', '-keyfile', 'key'];
    openssl(...sign, '-in', 'request', '-out', 'cert', '-startdate', from, '-enddate', until);
  }
  const read = (file: string) => readFileSync(path.join(cwd, file), 'utf8');
  return { key: read('key'), cert: read('cert') };
}

/** Dates of certificates that are not valid now, whatever the year is for some decades. */
export const notYet = ['20960101000000Z', '20970101000000Z'] as const;
export const noLonger = ['20000101000000Z', '20010101000000Z'] as const;
