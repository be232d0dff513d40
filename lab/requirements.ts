import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

import { runCommand } from './command.ts';

/** What the machine lacks for the lab; shown to the user as one error. */
export class LabRequirementsMissing extends Error {
  constructor(missing: readonly string[]) {
    super(`the lab (backend source) cannot run here: ${missing.join('; ')}`);
    this.name = 'LabRequirementsMissing';
  }
}

async function goVersion(): Promise<string | undefined> {
  try {
    return /go(\d+\.\d+)/.exec((await runCommand(['go', 'env', 'GOVERSION'])).stdout)?.[1];
  } catch {
    return undefined;
  }
}

function distribution(): string {
  try {
    return /^ID=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]?.replaceAll('"', '') ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Host programs that the lab calls, and where Debian and Ubuntu have them. */
const programs = [
  '/usr/bin/unshare',
  '/usr/bin/nsenter',
  '/usr/sbin/losetup',
  '/usr/sbin/mkfs.ext4',
  '/usr/bin/dpkg-deb',
  '/usr/bin/apt-get',
  '/usr/bin/openssl',
  '/usr/bin/tar',
  '/usr/bin/ip',
];

/** Go's version is enough for the lab's modules (1.25 or later). */
export function goIsEnough(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 25);
}

/** Throws one error that names everything that is missing for backend `source`. */
export async function requireSourceBackend(): Promise<void> {
  const id = distribution();
  const go = await goVersion();
  const conditions: readonly (readonly [boolean, string])[] = [
    [process.platform === 'linux', 'it needs Linux'],
    [process.arch === 'x64', `it needs an x86-64 machine (this is ${process.arch})`],
    [process.getuid?.() === 0, 'it needs root (namespaces, mounts): run it with sudo'],
    [id === 'debian' || id === 'ubuntu', `it needs Debian 12 or Ubuntu (this is ${id})`],
    [goIsEnough(go), `it needs Go >= 1.25 (found ${go ?? 'none'}): go.dev/doc/install`],
    ...programs.map((program) => [existsSync(program), `${program} is not there`] as const),
  ];
  const missing = conditions.filter(([fulfilled]) => !fulfilled).map(([, lack]) => lack);
  if (missing.length > 0) throw new LabRequirementsMissing(missing);
}
