import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';

/** SSLRequest of the PostgreSQL protocol: length 8, code 80877103. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Asks the server for TLS over an open stream and upgrades when it says S; the stream itself when it says N. pg's
 * own negotiation cannot go on in plain text after an N, which a pooler without certificate answers.
 *
 * The certificate is not checked: databases and poolers in such stacks sign their own, and the stream is already
 * inside the connection to the Kubernetes API, which is authenticated and ends at the pod that was named. TLS is
 * used nevertheless because servers may refuse logins without it (`hostssl` in pg_hba.conf).
 */
export async function negotiateTls(stream: Duplex): Promise<Duplex> {
  const answer = await ask(stream);
  if (answer === 'N') return stream;
  if (answer !== 'S') throw new Error('what answers does not speak the PostgreSQL protocol');
  return await upgrade(stream);
}

function ask(stream: Duplex): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const ended = (): void => reject(new Error('the connection was closed before the login'));
  const read = (): void => {
    // One byte and no more: what follows an S already belongs to TLS.
    const byte = stream.read(1) as Buffer | null;
    if (byte !== null) resolve(byte.toString('latin1'));
  };
  stream.on('readable', read).on('error', reject).on('end', ended).on('close', ended);
  stream.write(sslRequest);
  read();
  return promise.finally(() => {
    stream.off('readable', read).off('error', reject).off('end', ended).off('close', ended);
  });
}

function upgrade(stream: Duplex): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const secure = connect({ socket: stream, rejectUnauthorized: false });
  const closed = (): void => reject(new Error('the connection was closed during the TLS handshake'));
  secure.on('error', reject).on('close', closed);
  secure.on('secureConnect', () => {
    secure.off('close', closed);
    resolve(secure);
  });
  return promise;
}

/**
 * Gives a stream that is already connected the methods of a net.Socket that pg calls (pg 8.23, lib/connection.js):
 * `connect` reports success at once, the others mean nothing to a tunnel.
 */
export function asPgStream(stream: Duplex): Duplex {
  const same = (): Duplex => stream;
  return Object.assign(stream, {
    connect(): Duplex {
      process.nextTick(() => stream.emit('connect'));
      return stream;
    },
    setNoDelay: same,
    setKeepAlive: same,
    ref: same,
    unref: same,
  });
}
