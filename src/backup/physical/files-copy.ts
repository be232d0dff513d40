import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import { beforeTheBackup } from '../no-scratch-place.ts';
import { outputText, script, withInput } from '../program-output.ts';
import type { ServerInPod } from '../postgres/psql-session.ts';
import type { NeededServer, ScratchPlace } from '../postgres/scratch-server.ts';
import { copySettings, parseControl, type ControlFacts } from './copy-settings.ts';

const prepare = `umask 077; mkdir -p "$1/copy" "$1/run"`;

/** No more than was announced, because older API servers cannot tell the end of the input. */
const unpack = `set -e
umask 077
head -c "$2" | tar -xf - -C "$1/copy"`;

/** Every file against the manifest of the server, and the WAL from end to end (pg_verifybackup calls pg_waldump). */
const verify = `"$2/pg_verifybackup" --quiet "$1/copy"`;

/** What the manifest leaves out is not wanted: settings of ALTER SYSTEM, and what would make it a standby. */
const configure = `set -e
umask 077
rm -f "$1/copy/postgresql.auto.conf" "$1/copy/standby.signal" "$1/copy/recovery.signal"
echo "local all all trust" >"$1/copy_hba.conf"
head -c "$2" >"$1/copy.conf"`;

/** Recovery reads no more WAL than the backup has; half an hour is for slow disks. */
const start = `"$2/pg_ctl" -D "$1/copy" -o "-c config_file=$1/copy.conf" -w -t 1800 -l "$1/copy.log" start >/dev/null 2>&1 ||
  { grep -E 'FATAL|PANIC|by signal 9' "$1/copy.log" >&2 || tail -n 5 "$1/copy.log" >&2; exit 1; }`;

/** What it finds is on standard output; some of it has no word like "error". */
const check = `said=$("$2/pg_amcheck" -h "$1/run" -U "$3" -w --all --install-missing --heapallindexed 2>&1); code=$?
[ "$code" -eq 0 ] || { printf '%s\\n' "$said" | head -n 1 >&2; exit "$code"; }`;

/** The server's files of a backup, unpacked in a place of their own and run as a server that nobody else reaches. */
export class FilesCopy {
  readonly server: ServerInPod;
  readonly #programs: PodPrograms;
  readonly #place: ScratchPlace;
  readonly #of: NeededServer;

  constructor(programs: PodPrograms, place: ScratchPlace, of: NeededServer) {
    const { folder, ...where } = place;
    const { superuser, binaries } = of;
    this.#programs = programs;
    this.#place = place;
    this.#of = of;
    this.server = { ...where, superuser, binaries, socket: `${folder}/run` };
  }

  /** Throws NoScratchPlace: what fails here says nothing about the backup. */
  async prepare(): Promise<void> {
    await beforeTheBackup('The place in which backups are proven cannot be used', () =>
      outputText(this.#programs, this.#script('mkdir', prepare)),
    );
  }

  /** Throws what reading the bytes throws, and ProgramFailed when the tar is damaged. */
  async unpack(tar: AsyncIterable<Buffer>, bytes: number): Promise<void> {
    await withInput(this.#programs, this.#script('tar', unpack, String(bytes)), tar);
  }

  /** Holds every file against the server's own manifest and reads the WAL. Throws ProgramFailed with the first difference. */
  async verify(): Promise<void> {
    await outputText(this.#programs, this.#script('pg_verifybackup', verify, this.#of.binaries));
  }

  async control(): Promise<ControlFacts> {
    const text = 'LC_ALL=C "$2/pg_controldata" "$1/copy"';
    const program = this.#script('pg_controldata', text, this.#of.binaries);
    return parseControl(await outputText(this.#programs, program));
  }

  /** Starts it and waits for the end of recovery. Throws ProgramFailed with the server's last words, and NoScratchPlace. */
  async start(serverVersion: number, control: ControlFacts): Promise<void> {
    const { folder } = this.#place;
    const { preloaded, binaries } = this.#of;
    const text = Buffer.from(copySettings(folder, { preloaded, serverVersion, control }));
    await beforeTheBackup('The copy of the server could not be configured', () =>
      withInput(this.#programs, this.#script('configure', configure, String(text.length)), [text]),
    );
    await outputText(this.#programs, this.#script('pg_ctl start', start, binaries));
  }

  /** Reads every table, and every B-tree index against its table. Throws ProgramFailed with the first thing that is wrong. */
  async check(): Promise<void> {
    const { binaries, superuser } = this.#of;
    await outputText(this.#programs, this.#script('pg_amcheck', check, binaries, superuser));
  }

  /** Ends the server and removes everything; also when it never started. */
  async remove(): Promise<void> {
    const text = `[ ! -f "$1/copy/postmaster.pid" ] || "$2/pg_ctl" -D "$1/copy" -m immediate -w stop >/dev/null 2>&1
rm -rf "$1/copy" "$1/run" "$1/copy.conf" "$1/copy_hba.conf" "$1/copy.log"`;
    await outputText(this.#programs, this.#script('pg_ctl stop', text, this.#of.binaries));
  }

  #script(name: string, text: string, ...words: readonly string[]): ProgramInPod {
    const { namespace, pod, container, folder } = this.#place;
    return { namespace, pod, container, argv: script(name, text, folder, ...words) };
  }
}
