import { cp } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { execa } from 'execa';

import { hashInputs, type BuildCache } from './cache.ts';

const programsDir = path.join(import.meta.dirname, 'programs');

interface GoProgram {
  readonly name: string;
  /** Package to build, in the module of the same folder. */
  readonly package: string;
  readonly flags: string;
  readonly expectedSeconds: number;
}

const kubernetesVersion = 'v1.34.4';
const versionFlags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  .map((pkg) => `-X ${pkg}.gitVersion=${kubernetesVersion} -X ${pkg}.gitMajor=1 -X ${pkg}.gitMinor=34`)
  .join(' ');

/** Programs built from Go modules; versions and checksums are in each folder's go.mod and go.sum. */
const goPrograms: readonly GoProgram[] = [
  { name: 'kubernetes', package: '.', flags: versionFlags, expectedSeconds: 360 },
  {
    name: 'k3d',
    package: 'github.com/k3d-io/k3d/v5',
    flags: '-X github.com/k3d-io/k3d/v5/version.Version=v5.8.3',
    expectedSeconds: 120,
  },
  {
    name: 'postgres-operator',
    package: 'github.com/zalando/postgres-operator/cmd',
    flags: '',
    expectedSeconds: 120,
  },
  { name: 'coredns', package: '.', flags: '', expectedSeconds: 120 },
];

async function buildGo(program: GoProgram, folder: string): Promise<void> {
  const source = path.join(folder, 'source');
  await cp(path.join(programsDir, program.name), source, { recursive: true });
  const output = path.join(folder, program.name);
  await execa(
    'go',
    [
      'build',
      '-mod=readonly',
      '-trimpath',
      '-ldflags',
      `-s -w ${program.flags}`,
      '-o',
      output,
      program.package,
    ],
    {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' },
    },
  );
}

/** Builds every program of the lab, one after the other (each build uses all cores); returns binary paths by name. */
export async function buildPrograms(cache: BuildCache): Promise<Readonly<Record<string, string>>> {
  const binaries: Record<string, string> = {};
  for (const program of goPrograms) {
    const folder = path.join(programsDir, program.name);
    const key = await hashInputs([program.package, program.flags], [folder]);
    const built = await cache.get({
      ...program,
      name: `go-${program.name}`,
      key,
      build: (to) => buildGo(program, to),
    });
    binaries[program.name] = path.join(built, program.name);
  }
  const source = path.join(programsDir, 'pause');
  const pause = await cache.get({
    name: 'pause',
    key: await hashInputs([], [source]),
    expectedSeconds: 1,
    build: async (to) => {
      await execa('cc', ['-static', '-Os', '-o', path.join(to, 'pause'), path.join(source, 'pause.c')]);
    },
  });
  return { ...binaries, pause: path.join(pause, 'pause') };
}
