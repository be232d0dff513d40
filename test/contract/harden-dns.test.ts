import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { streamDecode, streamEncode } from 'dns-packet';
import { expect, onTestFinished, test, type TestContext } from 'vitest';

import { hostZone, proofName } from '../../src/harden/measures/host-name.ts';
import { hostName } from '../../src/domain/host-names.ts';
import { labProgram } from '../fakes/lab-program.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const program = labProgram('coredns');
const lacking =
  program === undefined ? 'needs the CoreDNS that the lab builds (`npm run lab -- up`)' : undefined;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Addresses of a name over TCP; throws while nobody listens. */
async function addresses(port: number, name: string): Promise<readonly string[]> {
  const socket = net.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(streamEncode({ type: 'query', id: 1, flags: 256, questions: [{ type: 'A', name }] }));
  const [reply] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return (streamDecode(reply).answers ?? []).flatMap((answer) => (answer.type === 'A' ? [answer.data] : []));
}

/** CoreDNS with the Corefile of k3s, as far as it matters here, and what people give to it. */
async function coreDns(context: TestContext, custom: Readonly<Record<string, string>>) {
  skipWhen(context, lacking);
  const folder = temporaryFolder();
  const port = await freePort();
  writeFileSync(join(folder, 'NodeHosts'), '172.18.0.3 k3d-shop-server-0\n');
  const corefile = `.:53 {
    errors
    hosts ${folder}/NodeHosts {
      ttl 60
      fallthrough
    }
    cache 30
    import ${folder}/*.override
}
import ${folder}/*.server
`;
  // Its own port in place of 53, which belongs to the machine.
  const onPort = (text: string) => text.replaceAll(/:53\b/g, `:${port}`);
  writeFileSync(join(folder, 'Corefile'), onPort(corefile));
  for (const [name, text] of Object.entries(custom)) writeFileSync(join(folder, name), onPort(text));
  const child = spawn(program ?? '', ['-conf', join(folder, 'Corefile')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const listens = async (): Promise<boolean> => {
    for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt += 1) {
      const isThere = await addresses(port, 'k3d-shop-server-0').then(
        () => true,
        () => false,
      );
      if (isThere) return true;
      await sleep(100);
    }
    return false;
  };
  return { port, isUp: await listens(), output: () => output };
}

test('CoreDNS answers for the host from the zone that hardening gives to it, and goes on answering for the rest', async (context) => {
  const { port, isUp, output } = await coreDns(context, { 'rekindle-host.server': hostZone('172.18.0.1') });
  expect(isUp, output()).toBe(true);
  expect(await addresses(port, hostName)).toEqual(['172.18.0.1']);
  expect(await addresses(port, proofName)).toEqual(['172.18.0.1']);
  expect(await addresses(port, 'k3d-shop-server-0')).toEqual(['172.18.0.3']);
});

test('without the zone nobody answers for the name that proves it', async (context) => {
  const { port, isUp } = await coreDns(context, {});
  expect(isUp).toBe(true);
  expect(await addresses(port, proofName)).toEqual([]);
});

test('the same as an override would keep CoreDNS from starting: why it is a zone of its own', async (context) => {
  const override = `hosts {\n  172.18.0.1 ${hostName}\n  fallthrough\n}\n`;
  const { isUp, output } = await coreDns(context, { 'rekindle-host.override': override });
  expect(isUp).toBe(false);
  expect(output()).toContain('can only be used once per Server Block');
});
