import { expect, test } from 'vitest';

import { rolesFor } from './restore-roles.ts';

const dump = [
  '-- Roles',
  'CREATE ROLE "Jewelry ""App""";',
  `ALTER ROLE "Jewelry ""App""" WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:x''y' VALID UNTIL 'infinity';`,
  'CREATE ROLE reader;',
  "ALTER ROLE reader WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:z';",
  "ALTER ROLE reader SET search_path TO 'public';",
  'GRANT reader TO "Jewelry ""App""" GRANTED BY postgres;',
  '',
].join('\n');

test('a role that is there is not made and keeps its password; all else is set', () => {
  expect(rolesFor(dump, new Set(['Jewelry "App"', 'postgres'])).split('\n')).toEqual([
    '-- Roles',
    `ALTER ROLE "Jewelry ""App""" WITH NOSUPERUSER LOGIN VALID UNTIL 'infinity';`,
    'CREATE ROLE reader;',
    "ALTER ROLE reader WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:z';",
    "ALTER ROLE reader SET search_path TO 'public';",
    'GRANT reader TO "Jewelry ""App""" GRANTED BY postgres;',
    '',
  ]);
});

test('in an empty server everything is made', () => {
  expect(rolesFor(dump, new Set())).toBe(dump);
});
