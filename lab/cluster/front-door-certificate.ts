import { stringify } from 'yaml';

import type { Lab } from '../api.ts';
import { newKey } from './new-key.ts';

const days = '3650';

/**
 * Makes the example's TLS Secret when it is not there: a self-signed certificate of the front door's name. No
 * certificate is in the repository, and one that is there is kept, so that clients which trust it go on trusting it.
 */
export async function ensureFrontDoorCertificate(lab: Lab, namespace: string, name: string): Promise<void> {
  const found = await lab.kubectl([
    '-n',
    namespace,
    'get',
    'secret',
    name,
    '--ignore-not-found',
    '-o',
    'name',
  ]);
  if (found.trim() !== '') return;
  const { host } = lab.frontDoor;
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const { key, made: certificate } = await newKey(['-x509', '-days', days, ...subject]);
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name, namespace },
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
  ];
  await lab.kubectl(['apply', '-f', '-'], objects.map((object) => stringify(object)).join('---\n'));
}
