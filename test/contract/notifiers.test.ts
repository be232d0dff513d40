import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

import { commandNotifier } from '../../src/adapters/notify/command.ts';
import { desktopNotifier } from '../../src/adapters/notify/desktop.ts';
import { webhookNotifier } from '../../src/adapters/notify/webhook.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import { tellAll } from '../../src/watch/tell-all.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const notice: Notice = {
  kind: 'needs-human',
  stack: 'shop',
  title: 'shop needs you',
  text: '--help\n$(reboot) `id`',
  at: 1_795_000_000_000,
};

/** A program that writes its arguments and its input into a file. */
function program(exitCode = 0): { readonly path: string; readonly seen: () => string } {
  const folder = temporaryFolder();
  const path = join(folder, 'tell');
  const out = join(folder, 'out');
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$@" > '${out}'\ncat >> '${out}'\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
  return { path, seen: () => readFileSync(out, 'utf8') };
}

async function hook(status: number) {
  const bodies: string[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret` };
}

describe('a notice', () => {
  it('reaches a program of the user on its standard input, and nothing of it is an argument', async () => {
    const { path, seen } = program();
    await commandNotifier([path, '--level', 'high']).notify(notice);
    const [level, high, json = ''] = seen().split('\n');
    expect([level, high]).toEqual(['--level', 'high']);
    expect(JSON.parse(json)).toEqual({ schema: 'rekindle.dev/v1alpha1/notice', ...notice });
  });

  it('reaches the desktop as text, whatever it looks like', async () => {
    const { path, seen } = program();
    await desktopNotifier(path).notify(notice);
    expect(seen()).toBe(
      '--app-name=Rekindle\n--urgency=critical\n--\nshop needs you\n--help\n$(reboot) `id`\n',
    );
  });

  it('reaches a webhook as one document', async () => {
    const { bodies, url } = await hook(204);
    await webhookNotifier(url).notify(notice);
    expect(bodies.map((body) => JSON.parse(body) as unknown)).toEqual([
      { schema: 'rekindle.dev/v1alpha1/notice', ...notice },
    ]);
  });

  it('that cannot be handed over is said, without the address of the webhook, and reaches the others', async () => {
    const bad = await hook(500);
    const failing = program(3);
    const good = program();
    const said: string[] = [];
    await tellAll(
      [
        webhookNotifier(bad.url),
        webhookNotifier('http://127.0.0.1:1/hook/secret'),
        commandNotifier([failing.path]),
        commandNotifier([join(temporaryFolder(), 'not-there')]),
        commandNotifier([good.path]),
      ],
      notice,
      (line) => said.push(line),
    );
    expect(said).toHaveLength(4);
    expect(said.join('\n')).toMatch(/webhook answered 500/);
    expect(said.join('\n')).not.toContain('secret');
    expect(good.seen()).toContain('"kind":"needs-human"');
  });
});
