import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** Behaviour of a fake server: what it says to SSLRequest, to the login, and to each query. */
export interface FakePostgres {
  readonly tls?: 'N' | 'S' | 'X' | 'nothing' | 'close';
  /** SQLSTATE and text of a refused login. */
  readonly refuse?: readonly [string, string];
  /** Rows of a statement, an error, or `close`. */
  readonly answer?: (
    sql: string,
  ) => readonly (readonly (string | null)[])[] | { readonly code: string } | 'close';
}

/**
 * Speaks as much of the PostgreSQL protocol 3.0 as a login without password and simple queries need; anything of
 * the extended protocol is an error that closes the connection, as in PgBouncer's admin console.
 */
export async function fakePostgres(behaviour: FakePostgres) {
  const startups: string[] = [];
  let open = 0;
  const server = net.createServer((socket) => {
    open += 1;
    socket.on('error', () => undefined).on('close', () => (open -= 1));
    serve(socket, behaviour, startups);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { startups, open: () => open, stream: () => plainStream(port) };
}

/** A Duplex that is no net.Socket, as tunnels are. */
async function plainStream(port: number): Promise<Duplex> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const { readable, writable } = Duplex.toWeb(socket);
  return Duplex.from({ readable, writable });
}

function serve(socket: net.Socket, behaviour: FakePostgres, startups: string[]): void {
  let rest = Buffer.alloc(0);
  let stage: 'ssl' | 'startup' | 'query' = 'ssl';
  const next = (): Buffer | undefined => {
    const head = stage === 'query' ? 1 : 0;
    if (rest.length < head + 4) return undefined;
    const length = head + rest.readInt32BE(head);
    if (rest.length < length) return undefined;
    const packet = rest.subarray(0, length);
    rest = rest.subarray(length);
    return packet;
  };
  const handle = (packet: Buffer): void => {
    if (stage === 'ssl') {
      stage = 'startup';
      answerSsl(socket, behaviour.tls ?? 'N');
    } else if (stage === 'startup') {
      stage = 'query';
      startups.push(packet.subarray(8).toString().replaceAll('\0', ' ').trim());
      if (behaviour.refuse === undefined) socket.write(Buffer.concat([message('R', int32(0)), ready]));
      else socket.end(error('FATAL', ...behaviour.refuse));
    } else {
      answerQuery(socket, behaviour, packet);
    }
  };
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let packet = next(); packet !== undefined; packet = next()) handle(packet);
  });
}

function answerSsl(socket: net.Socket, tls: NonNullable<FakePostgres['tls']>): void {
  if (tls === 'nothing') return;
  if (tls === 'close') socket.destroy();
  else socket.write(tls);
}

function answerQuery(socket: net.Socket, behaviour: FakePostgres, packet: Buffer): void {
  const type = packet.toString('latin1', 0, 1);
  if (type === 'X') {
    socket.end();
    return;
  }
  if (type !== 'Q') {
    socket.end(error('FATAL', '08P01', 'extended query protocol not supported by admin console'));
    return;
  }
  const answer = behaviour.answer?.(packet.toString('utf8', 5, packet.length - 1)) ?? [];
  if (answer === 'close') socket.resetAndDestroy();
  else if ('code' in answer) socket.write(Buffer.concat([error('ERROR', answer.code, 'no'), ready]));
  else socket.write(result(answer));
}

const ready = message('Z', Buffer.from('I'));

function result(rows: readonly (readonly (string | null)[])[]): Buffer {
  const columns = rows[0]?.length ?? 0;
  const fields = Array.from({ length: columns }, (_, i) =>
    Buffer.concat([Buffer.from(`c${i}\0`), Buffer.alloc(6), int32(23), Buffer.alloc(8)]),
  );
  const data = rows.map((row) =>
    message('D', Buffer.concat([int16(row.length), ...row.map((value) => cell(value))])),
  );
  const described = message('T', Buffer.concat([int16(columns), ...fields]));
  return Buffer.concat([described, ...data, message('C', Buffer.from('SELECT\0')), ready]);
}

function cell(value: string | null): Buffer {
  if (value === null) return int32(-1);
  return Buffer.concat([int32(Buffer.byteLength(value)), Buffer.from(value)]);
}

function error(severity: string, code: string, text: string): Buffer {
  return message('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`));
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}
