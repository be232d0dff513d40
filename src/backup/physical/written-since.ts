import { z } from 'zod';

import type { PodPrograms } from '../../ports/pod-programs.ts';
import type { DatabaseDetails } from '../manifest.ts';
import { outputText, ProgramFailed, script } from '../program-output.ts';
import { literal, type PsqlSession } from '../postgres/psql-session.ts';
import type { Snapshot } from '../postgres/snapshot.ts';

/** Where the server's files of a backup end. */
export interface FilesEnd {
  readonly lsn: string;
  readonly timeline: number;
}

/**
 * Reads the WAL in the server's own folder and prints, once each, the files that it writes to and the transactions that it commits.
 * The file of a table that was emptied or rewritten is named by the commit that drops it (`base/...`).
 */
const scan = `{ "$1/pg_waldump" -p "$2/pg_wal" -t "$3" -s "$4" -e "$5"; echo "ended with $?"; } |
  grep -oE 'rel [0-9]+/[0-9]+/[0-9]+|base/[0-9]+/[0-9]+|^rmgr: Transaction .*desc: COMMIT(_PREPARED)? |^ended with [0-9]+' |
  sed -e 's#^rel [0-9]*/#base/#' -e 's/^rmgr.*desc: COMMIT_PREPARED $/prepared/' -e 's/^rmgr.*tx: *\\([0-9]*\\),.*/commit \\1/' |
  sort -u`;

const place = z.object({ folder: z.string(), direction: z.number() });

type Since = NonNullable<DatabaseDetails['sinceFiles']>;

/** What the lines say; an end that is not good makes them worth nothing. */
export function parseScan(
  text: string,
): Pick<Exclude<Since, { why: string }>, 'relations' | 'commits'> | string {
  const lines = text.split('\n').filter(Boolean);
  if (!lines.includes('ended with 0'))
    return 'that stretch of WAL is not there any more, or could not be read';
  if (lines.includes('prepared')) return 'a prepared transaction was committed meanwhile';
  const after = (word: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(word) ? [line.slice(word.length)] : []));
  return { relations: [...after('base/')], commits: after('commit ').map(Number) };
}

/**
 * What was written between the end of the server's files and a snapshot, by the WAL of the server on which the snapshot was taken:
 * tables that are not among it must have the same rows in both. Says why when it cannot be told.
 */
export async function writtenSince(
  programs: PodPrograms,
  session: PsqlSession,
  { facts, seen, server }: Snapshot,
  files: FilesEnd,
): Promise<Since> {
  if (facts.timeline !== files.timeline) return { why: 'another server has become the primary meanwhile' };
  const { folder, direction } = await session.row(
    `SELECT current_setting('data_directory') AS folder,
       sign(pg_wal_lsn_diff(${literal(seen.lsn)}, ${literal(files.lsn)}))::int AS direction`,
    place,
  );
  if (direction < 0) return { why: 'the server that was dumped had not got there yet' };
  const { namespace, pod, container } = server;
  const words = [facts.binaries, folder, String(files.timeline), files.lsn, seen.lsn];
  const program = { namespace, pod, container, argv: script('pg_waldump', scan, ...words) };
  try {
    const found =
      direction === 0 ? { relations: [], commits: [] } : parseScan(await outputText(programs, program));
    if (typeof found === 'string') return { why: found };
    return { from: files.lsn, to: seen.lsn, ...found, running: [...seen.running] };
  } catch (error) {
    // The dump is as good as without it.
    if (error instanceof ProgramFailed) return { why: error.reason };
    throw error;
  }
}
