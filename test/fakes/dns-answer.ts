import { Duplex } from 'node:stream';
import { streamDecode, streamEncode } from 'dns-packet';

/** What a cluster DNS says over TCP to a whole query: one address for every name that it knows. */
export function dnsAnswer(query: Buffer, knows: (name: string) => boolean = () => true): Buffer {
  const { id = 0, questions = [] } = streamDecode(query);
  const name = questions[0]?.name ?? '';
  return streamEncode({
    type: 'response',
    id,
    questions,
    answers: knows(name) ? [{ type: 'A', name, ttl: 5, data: '10.43.0.1' }] : [],
  });
}

/** A connection to such a server. */
export function dnsStream(knows?: (name: string) => boolean): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      stream.push(dnsAnswer(chunk, knows));
      done();
    },
  });
  return stream;
}
