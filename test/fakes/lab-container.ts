import { spawn } from 'node:child_process';
import { chownSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Readable, Writable } from 'node:stream';

import type { PodPrograms, ProgramEnd, ProgramInPod } from '../../src/ports/pod-programs.ts';
import { errorCode } from '../../src/record/explained-error.ts';
import { labAppRoot } from './lab-program.ts';

const root = labAppRoot();

/** Why no container can be stood in for here; undefined where one can. */
export const noLabContainer =
  root === undefined
    ? 'needs the images that the lab builds (`npm run lab -- up`)'
    : process.getuid?.() === 0
      ? undefined
      : 'needs root';

/** Debian's user of PostgreSQL in the lab's image. */
function postgresUser(): { readonly uid: number; readonly gid: number } {
  const line = readFileSync(path.join(root ?? '', 'etc/passwd'), 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const [, , uid = '', gid = ''] = (line ?? '').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Folders of its own take the place of the image's, seen by its programs only. */
const enter = `set -e
mount --make-rprivate /
mount --bind "$1/tmp" "$2/tmp"
mount --bind "$1/run" "$2/run/postgresql"
mount --rbind /dev "$2/dev"
mount -t proc proc "$2/proc"
folder="$2"; user="$3"
shift 3
exec /usr/sbin/chroot --userspec="$user" "$folder" "$@"`;

/** Ends the server that wrote this file: its first line is the process (postmaster.pid). */
function end(file: string): void {
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Containers of one pod: the image of the lab, real programs, and no kubelet between. */
export interface LabContainers extends PodPrograms {
  /** Every program that was started, as words. */
  readonly started: string[];
  /** Called before a program is started; may throw to stand for an API that goes away. */
  before: (program: ProgramInPod) => void;
  /** Variables of every container, beside those that find its programs. */
  environment: Readonly<Record<string, string>>;
  /** Folder of a pod's /tmp, made at its first use, with those of its programs that stay. */
  readonly folderOf: (pod: string) => string;
  /** Ends every server that was left and removes the folders. */
  readonly remove: () => void;
}

/**
 * Stands in for the kubelet: starts programs in the file system of the lab's image, as the user of PostgreSQL.
 */
export function labContainers(): LabContainers {
  if (root === undefined) throw new Error(noLabContainer);
  const image = root;
  const { uid, gid } = postgresUser();
  const home = mkdtempSync(path.join(tmpdir(), 'rekindle-container-'));
  const folderOf = (pod: string): string => {
    const folder = path.join(home, pod);
    for (const name of ['tmp', 'run']) {
      mkdirSync(path.join(folder, name), { recursive: true });
      chownSync(path.join(folder, name), uid, gid);
    }
    return folder;
  };
  const containers: LabContainers = {
    started: [],
    before: () => undefined,
    environment: {},
    folderOf: (pod) => path.join(folderOf(pod), 'tmp'),
    start: (program, { withInput = false } = {}) => {
      containers.before(program);
      containers.started.push(program.argv.join(' '));
      const words = ['--mount', 'sh', '-c', enter, 'sh', folderOf(program.pod), image, `${uid}:${gid}`];
      const child = spawn('unshare', [...words, ...program.argv], {
        stdio: [withInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
        env: {
          ...containers.environment,
          PATH: '/usr/lib/postgresql/15/bin:/usr/bin:/bin',
          LANG: 'C.UTF-8',
          HOME: '/tmp',
        },
      });
      let complaint = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      const input = child.stdin ?? new Writable().destroy();
      input.on('error', () => undefined);
      const ended = new Promise<ProgramEnd>((resolve, reject) => {
        child.on('error', reject);
        // Not `close`: a server that stays holds the streams.
        child.on('exit', (code, signal) => {
          if (signal === null) resolve({ code: code ?? 1, complaint: complaint.trim() });
          else reject(new Error(`it was ended by ${signal}`));
        });
      });
      ended.catch(() => undefined);
      const output = child.stdout ?? Readable.from([]);
      return Promise.resolve({ input, output, ended, stop: () => void child.kill('SIGKILL') });
    },
    remove: () => {
      for (const file of globSync(`${home}/*/tmp/**/postmaster.pid`)) end(file);
      rmSync(home, { recursive: true, force: true });
    },
  };
  return containers;
}
