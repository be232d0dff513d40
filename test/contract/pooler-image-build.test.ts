import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../fakes/temporary-folder.ts';

const script = path.join(import.meta.dirname, '../../deploy/pooler-image/build.sh');

interface Built {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every call of docker and k3d, in order. */
  readonly calls: readonly string[];
}

/** Where the pooler's image is: programs of the machine that say so take the place of the real ones. */
type Place = 'docker' | 'cluster' | 'registry' | 'nowhere';

const docker = (place: Place) => `#!/bin/sh
echo "docker $*" >>"$CALLS"
loaded() { [ -e "$CALLS.loaded" ]; }
case "$1 $2" in
'image inspect') [ ${place} = docker ] || loaded ;;
'version --format') echo amd64 ;;
'exec k3d-shop-server-0') [ ${place} = cluster ] && echo archive ;;
'load ') [ "$(cat)" = archive ] && : >"$CALLS.loaded" ;;
pull*) [ ${place} = registry ] && : >"$CALLS.loaded" ;;
'run --rm') case $* in *'command -v pgbouncer'*) echo /bin/pgbouncer ;; *) echo PgBouncer 1.18.0 ;; esac ;;
build*) ;;
*) echo "what is docker $*?" >&2; exit 9 ;;
esac
`;

const k3d = '#!/bin/sh\necho "k3d $*" >>"$CALLS"\n';

function executable(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

async function build(place: Place, args: readonly string[]): Promise<Built> {
  const folder = temporaryFolder();
  executable(path.join(folder, 'docker'), docker(place));
  executable(path.join(folder, 'k3d'), k3d);
  const calls = path.join(folder, 'calls');
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, CALLS: calls };
  const { promise, resolve } = Promise.withResolvers<Omit<Built, 'calls'>>();
  const child = execFile('sh', [script, ...args], { env, cwd: folder }, (_error, stdout, stderr) =>
    resolve({ code: child.exitCode, stdout, stderr }),
  );
  const ended = await promise;
  const lines = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
  return { ...ended, calls: lines };
}

const args = ['--base', 'acid/pgbouncer:master-32', '--cluster', 'shop'];

describe('build.sh', () => {
  test('builds without a network, tries the image, and gives it to the nodes', async () => {
    const { code, stdout, stderr, calls } = await build('docker', args);
    expect(code, stderr).toBe(0);
    const tag = /--image (rekindle\/pgbouncer:[0-9a-f]{12}) --restart-poolers\n$/.exec(stdout)?.[1] ?? '';
    expect(calls.slice(-3)).toEqual([
      `docker build --network none --build-arg BASE=acid/pgbouncer:master-32 --build-arg PGBOUNCER=/bin/pgbouncer --tag ${tag} .`,
      `docker run --rm --network none --entrypoint /usr/libexec/rekindle/pgbouncer ${tag} --version`,
      `k3d image import --mode direct --cluster shop ${tag}`,
    ]);
    expect((await build('docker', args)).stdout).toBe(stdout);
    const other = await build('docker', [
      '--base',
      'other:1',
      '--cluster',
      'shop',
      '--pgbouncer',
      '/usr/sbin/pgbouncer',
    ]);
    expect(other.calls.join('\n')).toContain('PGBOUNCER=/usr/sbin/pgbouncer');
    expect(other.stdout).not.toContain(tag);
  });

  test('takes the image out of the cluster, where containerd has its whole name', async () => {
    const { code, stderr, calls } = await build('cluster', args);
    expect(code, stderr).toBe(0);
    const whole = 'docker.io/acid/pgbouncer:master-32';
    expect(calls).toContain(
      `docker exec k3d-shop-server-0 ctr images export --platform linux/amd64 - ${whole}`,
    );
    expect(calls.filter((call) => call.startsWith('docker pull'))).toEqual([]);
    const named = ['--base', 'registry.opensource.zalan.do/acid/pgbouncer:1', '--cluster', 'shop'];
    expect((await build('cluster', named)).calls.join('\n')).toContain(
      '- registry.opensource.zalan.do/acid/pgbouncer:1',
    );
  });

  test('pulls it last, and says when it is nowhere', async () => {
    expect(await build('registry', args)).toMatchObject({ code: 0 });
    const { code, stderr, stdout } = await build('nowhere', args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is neither in Docker, nor in k3d-shop-server-0, nor can it be pulled');
  });

  test.for([
    [[]],
    [['--base', 'a']],
    [['--cluster', 'a']],
    [['--bsae', 'a', '--cluster', 'b']],
    [['--base']],
  ])('shows how it is used: %j', async ([given = []]) => {
    const { code, stderr, calls } = await build('docker', given);
    expect(code).toBe(64);
    expect(stderr).toContain('usage: sh build.sh --base IMAGE --cluster NAME');
    expect(calls).toEqual([]);
  });
});
