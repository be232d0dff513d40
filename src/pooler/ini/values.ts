import type { PoolerValues } from '../../domain/pooler-profiles.ts';
import type { IniDocument } from './parse.ts';

/**
 * PgBouncer's own settings as this file gives them, without what it includes. Each header [pgbouncer] begins anew
 * (libusual, usual/cfparser.c, fill_defaults()); of several lines for one key the last one counts.
 */
export function mainValues(document: IniDocument): PoolerValues {
  let section: string | undefined;
  let values: Record<string, string> = {};
  for (const item of document) {
    if (item.kind === 'section') {
      section = item.name;
      if (section === 'pgbouncer') values = {};
    } else if (item.kind === 'entry' && section === 'pgbouncer') values[item.key] = item.value;
  }
  return values;
}
