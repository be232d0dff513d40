import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeAll, expect, test } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import { fakeEngine, type EngineAnswers } from '../fakes/docker-engine.ts';
import { startProgram, type Ended } from '../fakes/running-shop.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

let release = '';
beforeAll(async () => {
  release = await bundle();
});

/** Somebody who may open nothing that is not for everybody; only root can be somebody else. */
const nobody: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const kubeConfig = (current: string) => `clusters:
- { name: k3d-shop, cluster: { server: 'https://127.0.0.1:1' } }
- { name: k3d-other, cluster: { server: 'https://127.0.0.1:1' } }
users: [{ name: admin, user: {} }]
contexts:
- { name: k3d-shop, context: { cluster: k3d-shop, user: admin } }
- { name: k3d-other, context: { cluster: k3d-other, user: admin } }
current-context: '${current}'
`;

interface Asked extends Ended {
  readonly requests: readonly string[];
  readonly socket: string;
}

/** Runs the release against an engine that answers like this. */
async function ask(
  answers: EngineAnswers,
  args: readonly string[],
  { current = '', isClosed = false } = {},
): Promise<Asked> {
  const engine = await fakeEngine(answers);
  const home = temporaryFolder();
  const own = isClosed ? nobody : {};
  // Whoever the program runs as must reach its own files, and the socket but not through it.
  chmodSync(home, 0o777);
  chmodSync(path.dirname(engine.socketPath), 0o755);
  if (isClosed) chmodSync(engine.socketPath, process.getuid?.() === 0 ? 0o600 : 0);
  writeFileSync(path.join(home, 'kubeconfig'), kubeConfig(current));
  const env = {
    HOME: home,
    XDG_STATE_HOME: path.join(home, 'state'),
    KUBECONFIG: path.join(home, 'kubeconfig'),
    DOCKER_HOST: engine.url,
  };
  const ended = await startProgram([...args, '--json'], { cwd: home, env, ...own }).ended;
  return { ...ended, requests: engine.requests, socket: engine.socketPath };
}

function expectFailure({ code, stdout, stderr }: Ended, exitCode: number, kind: string): void {
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(JSON.parse(stdout)).toMatchObject({ error: { kind }, exitCode });
  expect(code, stderr).toBe(exitCode);
}

const clusters = (...names: readonly string[]): EngineAnswers => ({
  'GET /containers/json': {
    json: names.map((name) => ({ Id: name, Labels: { app: 'k3d', 'k3d.cluster': name } })),
  },
});

/** Why the program cannot be run as somebody who may not open the socket; undefined when it can. */
function obstacle(): string | undefined {
  const version = spawnSync(process.execPath, [release, '--version'], { ...nobody, env: {} });
  return version.status === 0 ? undefined : 'another user cannot read this checkout';
}

test.for(['status', 'up'])(
  'an engine that does not let this user in is told by %s, soon and with the way in',
  { timeout: 40_000 },
  async (command, context) => {
    skipWhen(context, obstacle());
    const start = performance.now();
    const ended = await ask(clusters('shop'), [command], { isClosed: true });
    expectFailure(ended, 2, 'EngineUnreachable');
    expect(ended.stderr).toMatch(/could not be asked: connect EACCES .*engine\.sock.*usermod -aG docker/);
    expect(ended.requests).toEqual([]);
    // `up` waits for an engine that is still starting, five minutes by default: not for this.
    expect(performance.now() - start).toBeLessThan(30_000);
  },
);

test('an engine without a cluster: nothing is taken for one, nothing is made', async () => {
  const ended = await ask(clusters(), ['up']);
  expectFailure(ended, 64, 'TargetUnclear');
  expect(ended.stderr).toMatch(
    /no k3d cluster on this machine.*engine\.sock.*docker ps -a --filter label=app=k3d/,
  );
  expect(ended.requests.every((request) => request.startsWith('GET /containers/json'))).toBe(true);
});

test('a context whose cluster is not on this machine: the ones that are there are named', async () => {
  const ended = await ask(clusters('other'), ['up', '--context', 'k3d-shop']);
  expectFailure(ended, 64, 'TargetUnclear');
  expect(ended.stderr).toMatch(
    /k3d-shop leads to no local cluster: the clusters of this machine are: other .*--context/,
  );
});

test('two clusters and no context: both are named, and neither is touched', async () => {
  const ended = await ask(clusters('shop', 'other'), ['up']);
  expectFailure(ended, 64, 'TargetUnclear');
  expect(ended.stderr).toMatch(/More than one cluster could be meant: shop, other .*--context/);
  expect(ended.requests.every((request) => request.startsWith('GET /containers/json'))).toBe(true);
});
