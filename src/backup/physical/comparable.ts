import type { DatabaseDetails, TableDigest, WrittenSince } from '../manifest.ts';

/** A table of the copy and the files that hold its rows. */
export interface CopiedTable {
  readonly table: string;
  /** The rows of an unlogged table are in no base backup (postgresql.org/docs/current/protocol-replication.html, BASE_BACKUP). */
  readonly isLogged: boolean;
  /** `<oid of the database>/<relfilenode>`, with that of its TOAST table. */
  readonly files: readonly string[];
}

/** What has to be known of the copy to hold it against a dump. */
export interface CopiedDatabase {
  /** Of those that began before the copy ends and were committed before the dump: how many the copy has not as committed. */
  readonly openInCopy: number;
  /** Of those that the dump's snapshot saw running: how many the copy has as committed. */
  readonly committedOfRunning: number;
  /** Files of the catalogs that say what tables are there and how a row is written as text. */
  readonly catalogs: readonly string[];
  readonly tables: readonly CopiedTable[];
}

/** Which tables must have the same rows in the copy and in the dump; or why no table must. */
export type Comparable =
  | { readonly tables: readonly TableDigest[]; readonly written: number; readonly unlogged: number }
  | { readonly why: string };

const epoch = 1n << 32n;

/**
 * The 64 bits of those committed transactions that began before the copy ends: `next` is the one that would come next in it, and 32
 * bits wrap around (transam.c, TransactionIdPrecedes). Pure.
 */
export function begunBefore(commits: readonly number[], next: string): readonly string[] {
  const end = BigInt(next);
  return commits.flatMap((xid) => {
    const here = end - (end % epoch) + BigInt(xid);
    const nearest = [here - epoch, here, here + epoch].find((full) => {
      const ahead = full - end;
      return ahead >= -epoch / 2n && ahead < epoch / 2n;
    });
    return nearest !== undefined && nearest >= 0n && nearest < end ? [String(nearest)] : [];
  });
}

/** Why a table may differ although nothing was written to its files; undefined: it may not. */
function obstacle(since: WrittenSince, copy: CopiedDatabase): string | undefined {
  const written = new Set(since.relations);
  if (copy.catalogs.some((file) => written.has(file))) return 'definitions were changed meanwhile';
  if (copy.committedOfRunning > 0) return 'a transaction was about to be committed at that moment';
  return copy.openInCopy > 0
    ? 'a transaction was open when the files end, and was committed afterwards'
    : undefined;
}

/**
 * Which tables of a dump must have the same rows in the server's files of the same backup, which were read a moment earlier: those
 * whose files nothing was written to between the two, when no transaction was open in between that had written before. Pure.
 */
export function comparable(details: DatabaseDetails, copy: CopiedDatabase): Comparable {
  const since = details.sinceFiles;
  if (since === undefined) return { why: 'nothing is on record about the time between them' };
  if ('why' in since) return { why: since.why };
  const why = obstacle(since, copy);
  if (why !== undefined) return { why };
  const written = new Set(since.relations);
  const copied = new Map(copy.tables.map((entry) => [entry.table, entry]));
  const isWritten = ({ table }: TableDigest): boolean =>
    copied.get(table)?.files.some((file) => written.has(file)) ?? false;
  const logged = details.tables.filter(({ table }) => copied.get(table)?.isLogged !== false);
  const tables = logged.filter((table) => !isWritten(table));
  const unlogged = details.tables.length - logged.length;
  return { tables, written: logged.length - tables.length, unlogged };
}
