// Sends one order to the front door and exits 0 when it was acknowledged: HOST ADDRESS PORT, the certificate to trust
// on standard input. A program of its own, because it has to run inside the lab's network.
import { request } from 'node:https';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';

const [host = '', address = '', port = ''] = process.argv.slice(2);
const certificate = await text(process.stdin);
const body = JSON.stringify({ ref: `lab-${process.pid}-${Date.now()}`, probe: true });

const sent = request({
  host: address,
  port: Number(port),
  servername: host,
  method: 'POST',
  path: '/orders/',
  headers: { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  ca: [...rootCertificates, certificate],
  timeout: 10_000,
});
sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
sent.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
sent.on('response', (response) => {
  const status = response.statusCode ?? 0;
  response.resume();
  if (status >= 200 && status < 300) return;
  process.stderr.write(`POST /orders/ answered ${status}\n`);
  process.exitCode = 1;
});
sent.end(body);
