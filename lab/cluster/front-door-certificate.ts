import { stringify } from 'yaml';

import type { Lab } from '../api.ts';
import { output } from '../command.ts';

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
  const key = await output(['openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout']);
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  // cat: Node gives a child a socket as standard input, and openssl can open only a pipe by name.
  const certificate = await output(
    ['sh', '-c', 'cat | openssl req -x509 -new -key /dev/stdin "$@"', 'sh', '-days', days, ...subject],
    { input: key },
  );
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
