/** Schemas that the Zalando operator and Spilo make in every database; they are not of the stack and not in the dump. */
export const operatorSchemas: readonly string[] = [
  'metric_helpers',
  'pooler',
  'user_management',
  'zmon_utils',
];

const skipped = [...operatorSchemas, 'information_schema'].map((name) => `'${name}'`).join(', ');

/**
 * psql: one line a table with its number of rows and a digest of them, one line a sequence with where it stands. The digest
 * is a sum of hashes, so that the order of the rows does not matter and a table of any size needs no memory; md5 and not
 * hashtext, whose values may change between versions. What a row looks like as text depends on the settings at the top.
 */
export const digestsSql = `-- Usage: psql -qAtX -f table-digests.sql DATABASE > digests.txt, on both sides, then diff.
\\set ON_ERROR_STOP on
SET search_path = pg_catalog;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'iso_8601';
SET timezone = 'UTC';
SET extra_float_digits = 1;
SET bytea_output = 'hex';
SET client_encoding = 'UTF8';
SET row_security = off;
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT format(
  'SELECT %L, count(*), coalesce(sum((''x'' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0) FROM %I.%I AS t',
  format('table %I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN (${skipped}) AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C" \\gexec
SELECT format('SELECT %L, last_value, is_called FROM %I.%I',
  format('sequence %I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND n.nspname NOT IN (${skipped}) AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C" \\gexec
SELECT 'large objects', count(*), coalesce(sum((('x' || left(md5(lo_get(oid)::text), 16))::bit(64)::bigint)::numeric), 0) FROM pg_largeobject_metadata;
COMMIT;
`;
