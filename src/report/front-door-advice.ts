import type { FrontDoor } from '../domain/stack.ts';

/** Addresses that listen on every interface are reached by the loopback one. */
const everywhere = new Set(['0.0.0.0', '::', '']);

/**
 * What a person's browser needs and this program does not: a name that leads to the published address, and trust in the
 * certificate. `addresses` are what the machine's resolver gives the name; undefined: none.
 */
export function frontDoorAdvice(
  door: FrontDoor,
  addresses: readonly string[] | undefined,
): readonly string[] {
  const { hostname } = new URL(door.url);
  const published = door.address.slice(0, door.address.lastIndexOf(':')).replaceAll(/[[\]]/g, '');
  const address = everywhere.has(published) ? '127.0.0.1' : published;
  if (addresses !== undefined) return [];
  const { tlsSecret } = door;
  return [
    `advice: ${hostname} has no address on this machine, so no browser finds the front door (${door.address}). Give it one:`,
    `  echo '${address} ${hostname}' | sudo tee -a /etc/hosts`,
    ...(tlsSecret === undefined
      ? []
      : [
          '  and let your browser trust its certificate, if it is not signed by a known authority:',
          `  kubectl -n ${tlsSecret.namespace} get secret ${tlsSecret.name} -o jsonpath='{.data.tls\\.crt}' | base64 -d > ${hostname}.crt`,
        ]),
  ];
}
