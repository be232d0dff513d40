import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';

import { execa } from 'execa';

/** What the machine lacks for the lab; shown to the user as one error. */
export class LabRequirementsMissing extends Error {
  constructor(missing: readonly string[]) {
    super(`the lab (backend source) cannot run here: ${missing.join('; ')}`);
    this.name = 'LabRequirementsMissing';
  }
}

async function goVersion(): Promise<string | undefined> {
  const result = await execa('go', ['env', 'GOVERSION'], { reject: false });
  return result.exitCode === 0 ? /go(\d+\.\d+)/.exec(result.stdout)?.[1] : undefined;
}

function distribution(): string {
  try {
    return /^ID=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]?.replaceAll('"', '') ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Host programs that the lab calls; all of them belong to a minimal Debian or Ubuntu, gcc aside. */
const programs = [
  '/usr/bin/unshare',
  '/usr/bin/nsenter',
  '/usr/sbin/losetup',
  '/usr/sbin/mkfs.ext4',
  '/usr/bin/dpkg-deb',
];

/** Throws one error that names everything that is missing for backend `source`. */
export async function requireSourceBackend(): Promise<void> {
  const missing: string[] = [];
  if (process.platform !== 'linux') missing.push('it needs Linux');
  if (process.getuid?.() !== 0) missing.push('it needs root (namespaces, mounts): run it with sudo');
  const id = distribution();
  if (id !== 'debian' && id !== 'ubuntu') missing.push(`it needs Debian 12 or Ubuntu (this is ${id})`);
  const go = await goVersion();
  const [major = 0, minor = 0] = (go ?? '').split('.').map(Number);
  if (major < 1 || (major === 1 && minor < 25))
    missing.push(`it needs Go >= 1.25 (found ${go ?? 'none'}): go.dev/doc/install`);
  missing.push(
    ...programs.filter((program) => !existsSync(program)).map((program) => `${program} is not there`),
  );
  if (missing.length > 0) throw new LabRequirementsMissing(missing);
}
