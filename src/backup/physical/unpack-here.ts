import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { extract, type Header } from 'tar-stream';

import { syncFolder } from '../../record/durable-file.ts';
import { ExplainedError } from '../../record/explained-error.ts';

/** The files of a server are not unpacked. */
export class FilesNotUnpacked extends ExplainedError {
  override readonly name = 'FilesNotUnpacked';
}

function refused(place: string, cause: string, next: string): FilesNotUnpacked {
  return new FilesNotUnpacked({ what: "The server's files are not unpacked", cause, place, next });
}

/** Where an entry goes; nothing of a tar leads out of its folder, and a base backup has files and folders only. */
function placeOf(folder: string, { name, type }: Header): string {
  const place = path.resolve(folder, name);
  const isInside = place === folder || place.startsWith(`${folder}${path.sep}`);
  if (isInside && !path.isAbsolute(name) && (type === 'file' || type === 'directory')) return place;
  throw refused(folder, `the tar has ${JSON.stringify(name)} (${type}) in it`, 'Use another backup.');
}

async function writeFile(place: string, contents: AsyncIterable<Uint8Array>): Promise<void> {
  mkdirSync(path.dirname(place), { recursive: true, mode: 0o700 });
  const handle = openSync(place, 'wx', 0o600);
  try {
    for await (const chunk of contents) {
      let at = 0;
      while (at < chunk.length) at += writeSync(handle, chunk, at);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function write(folder: string, reader: ReturnType<typeof extract>): Promise<number> {
  let files = 0;
  for await (const entry of reader) {
    const place = placeOf(folder, entry.header);
    if (entry.header.type === 'directory') mkdirSync(place, { recursive: true, mode: 0o700 });
    else files += 1;
    // A folder has no contents, which are read all the same.
    if (entry.header.type === 'file') await writeFile(place, entry as AsyncIterable<Uint8Array>);
    else for await (const _ of entry as AsyncIterable<Uint8Array>);
  }
  return files;
}

async function feed(tar: AsyncIterable<Buffer>, reader: ReturnType<typeof extract>): Promise<void> {
  try {
    for await (const chunk of tar)
      if (!reader.write(chunk)) await new Promise<void>((resolve) => void reader.once('drain', resolve));
    reader.end(null);
  } catch (error) {
    reader.destroy(error as Error);
    throw error;
  }
}

/**
 * Unpacks the files of a server into a folder that is not there yet, for this user only. The folder has its name when everything
 * is in it, is what was stored, and is on disk; before that there is nothing of that name. Gives the number of files. Throws
 * FilesNotUnpacked, and what reading the tar throws.
 */
export async function unpackHere(tar: AsyncIterable<Buffer>, folder: string): Promise<number> {
  if (existsSync(folder))
    throw refused(folder, 'it is there already', 'Name a folder that is not there yet.');
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(part, { recursive: true, mode: 0o700 });
  try {
    const reader = extract();
    const [files] = await Promise.all([write(part, reader), feed(tar, reader)]);
    renameSync(part, folder);
    syncFolder(path.dirname(folder));
    return files;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

const word = (text: string): string =>
  /^[\w./@:+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A text as PostgreSQL reads it from a file of settings. */
const setting = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/**
 * A person's commands for a server on these files that is nobody's standby and archives nothing, reached over a socket only, by the user
 * that owns the folder: whoever reaches it is its superuser.
 */
export function startCommands(folder: string, major: number): readonly string[] {
  const data = word(folder);
  const settings = [
    "listen_addresses = ''",
    "unix_socket_directories = '/tmp'",
    'unix_socket_permissions = 0700',
    `hba_file = ${setting(`${folder}/rescue_hba.conf`)}`,
    'max_worker_processes = 0',
    'max_prepared_transactions = 100',
  ];
  // pg_ctl hands its options to a shell once more.
  const options = `-c config_file=${word(`${folder}/rescue.conf`)}`;
  return [
    `# With the programs of PostgreSQL ${major}, as the user that owns the folder, who is not root:`,
    `pg_verifybackup ${data}`,
    `rm -f ${data}/standby.signal ${data}/recovery.signal ${data}/postgresql.auto.conf`,
    `echo 'local all all trust' > ${data}/rescue_hba.conf`,
    `printf '%s\\n' ${settings.map((line) => word(line)).join(' ')} > ${data}/rescue.conf`,
    `pg_ctl -D ${data} -o ${word(options)} -l ${data}/rescue.log -w start`,
    'psql -h /tmp -U postgres -l',
  ];
}
