import path from 'node:path';

import { output } from '../command.ts';
import { hashInputs, type BuildCache } from './cache.ts';

const programsDir = path.join(import.meta.dirname, 'programs');

/** Version of the Kubernetes components; the one in programs/kubernetes/go.mod. */
export const kubernetesVersion = 'v1.34.4';

export type ProgramName = 'kubernetes' | 'k3d' | 'postgres-operator' | 'coredns' | 'pause';

/** Paths of built programs. */
export type Programs = Readonly<Record<ProgramName, string>>;

interface GoProgram {
  readonly name: ProgramName;
  /** Package to build, seen from the module of the folder programs/NAME. */
  readonly package: string;
  readonly flags: string;
  readonly expectedSeconds: number;
}

const versionFlags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  .map((pkg) => `-X ${pkg}.gitVersion=${kubernetesVersion} -X ${pkg}.gitMajor=1 -X ${pkg}.gitMinor=34`)
  .join(' ');

/** Versions and checksums are in each folder's go.mod and go.sum; seconds are for 2 cores and an empty Go cache. */
const goPrograms: readonly GoProgram[] = [
  { name: 'pause', package: '.', flags: '', expectedSeconds: 5 },
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
  { name: 'kubernetes', package: '.', flags: versionFlags, expectedSeconds: 360 },
];

async function goBuild(program: GoProgram, folder: string): Promise<void> {
  const linker = `-s -w ${program.flags}`.trim();
  const target = path.join(folder, program.name);
  await output(
    ['go', 'build', '-mod=readonly', '-trimpath', '-ldflags', linker, '-o', target, program.package],
    {
      cwd: path.join(programsDir, program.name),
      // GOFLAGS of the machine could turn -mod=readonly off or add -race; the checksum settings stay the machine's own.
      env: { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false' },
    },
  );
}

async function buildProgram(cache: BuildCache, program: GoProgram): Promise<string> {
  const key = await hashInputs([program.package, program.flags], [path.join(programsDir, program.name)]);
  const folder = await cache.get({
    name: `program-${program.name}`,
    key,
    expectedSeconds: program.expectedSeconds,
    build: (to) => goBuild(program, to),
  });
  return path.join(folder, program.name);
}

/** Builds every program of the lab from Go modules, one after the other: each build uses all cores by itself. */
export async function buildPrograms(cache: BuildCache): Promise<Programs> {
  const built: Partial<Record<ProgramName, string>> = {};
  for (const program of goPrograms) built[program.name] = await buildProgram(cache, program);
  return built as Programs;
}
