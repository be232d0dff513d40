import { timeStamp } from './time-stamp.ts';

/**
 * Redis 7's own words for a file that it cannot read; the name has neither a folder nor spaces
 * (redis/redis src/aof.c, label fmterr; an example is in https://github.com/1Panel-dev/1Panel/issues/8888).
 */
const refusal = /Bad file format reading the append only file ([\w.-]+\.incr\.aof):/;

/** Name of the incremental append-only file that a container died of; undefined when it died of something else. */
export function damagedFileName(lines: string): string | undefined {
  return refusal.exec(lines)?.[1];
}

/** `appendonly.aof` of `appendonly.aof.3.incr.aof` (aof.c, naming rules). */
export function baseName(file: string): string {
  return file.replace(/\.\d+\.incr\.aof$/, '');
}

/**
 * Name of the last incremental file in a manifest (`file NAME seq N type i` per line): the only one that may end
 * before its time (aof.c, loadAppendOnlyFiles; redis-check-aof.c refuses to cut any other). Undefined when there is
 * none or the manifest is not well-formed.
 */
export function newestIncrement(manifest: string): string | undefined {
  const lines = manifest.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const entries = lines.map((line) => /^file (\S+) seq \d+ type ([bhi])$/.exec(line.trim()));
  if (entries.includes(null)) return undefined;
  return entries.findLast((entry) => entry?.[2] === 'i')?.[1];
}

/**
 * Name for a copy next to the file. Redis reads what its manifest names and nothing else, and removes only what the
 * manifest calls history (aof.c, aofDelHistoryFiles). `at`: ms since the epoch.
 */
export function copyName(file: string, at: number): string {
  return `${file}.rekindle-${timeStamp(at)}`;
}
