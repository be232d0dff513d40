import { expect, test } from 'vitest';

import { scriptedPrograms } from '../../../test/fakes/scripted-programs.ts';
import { holdsRows } from './contents.ts';
import { PsqlSession } from './psql-session.ts';

const server = { namespace: 'shop', pod: 'db-0', container: 'postgres', superuser: 'postgres' };

/** Whether anything is found in a database with these tables; only `full` has rows. */
async function found(tables: readonly string[], configuration: readonly object[], full: string) {
  const answer = (sql: string): unknown => {
    if (sql.includes('e.extconfig')) return configuration;
    if (sql.includes("c.relkind = 'r'")) return tables.map((table) => ({ table }));
    return [{ there: sql.includes(`(SELECT FROM ${full})`) }];
  };
  const programs = scriptedPrograms((_program, sql = '') =>
    sql.includes('jsonb_agg') ? { output: JSON.stringify(answer(sql)) } : {},
  );
  return holdsRows(await PsqlSession.open(programs, server, 'postgres'));
}

const jobs = { table: 'cron.job', condition: '' };
const systems = { table: 'public.spatial_ref_sys', condition: 'WHERE NOT (srid BETWEEN 2000 AND 32766)' };

test.each([
  { name: 'nothing', tables: [], configuration: [], full: 'x', holds: false },
  { name: 'empty tables', tables: ['public.postgres_log'], configuration: [jobs], full: 'x', holds: false },
  {
    name: 'a table with rows',
    tables: ['public.a', 'public.b'],
    configuration: [],
    full: 'ONLY public.b',
    holds: true,
  },
  {
    name: 'large objects',
    tables: [],
    configuration: [],
    full: 'pg_catalog.pg_largeobject_metadata',
    holds: true,
  },
  {
    name: 'jobs of pg_cron',
    tables: ['public.postgres_log'],
    configuration: [jobs],
    full: 'ONLY cron.job ',
    holds: true,
  },
  {
    name: 'what an extension brings itself',
    tables: [],
    configuration: [systems],
    full: 'ONLY public.spatial_ref_sys',
    holds: false,
  },
  {
    name: 'what somebody has added to it',
    tables: [],
    configuration: [systems],
    full: `ONLY public.spatial_ref_sys ${systems.condition}`,
    holds: true,
  },
])('a database with $name', async ({ tables, configuration, full, holds }) => {
  expect(await found(tables, configuration, full)).toBe(holds);
});
