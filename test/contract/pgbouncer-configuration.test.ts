import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { poolerProfiles } from '../../src/domain/pooler-profiles.ts';
import { poolerSettings, settingProblem } from '../../src/domain/pooler-settings.ts';
import { addInclude, setParameter } from '../../src/pooler/ini/edit.ts';
import { parseIni, printIni } from '../../src/pooler/ini/parse.ts';
import { checkConfiguration, settingsFile } from '../../src/pooler/settings-file.ts';
import { freePort } from '../fakes/free-port.ts';
import {
  type Loaded,
  loadWith,
  readableFolder,
  realPgbouncer,
  writeReadable,
} from '../fakes/real-pgbouncer.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const { program, lacking } = realPgbouncer();
const folder = readableFolder();
let files = 0;

function load(text: string, verbose = false): Promise<Loaded> {
  files += 1;
  return loadWith(program ?? [], writeReadable(path.join(folder, `${files}.ini`), text), verbose);
}

/** A configuration that PgBouncer starts on; it listens nowhere but on a socket of the test's own. */
const main = `[pgbouncer]\nunix_socket_dir = ${folder}\n`;

/** What PgBouncer says that it reads, in order. */
function readByPgbouncer({ log }: Loaded): readonly string[] {
  return log.flatMap((line) => {
    const entry = /^DEBUG parse_ini_file: '(.*)' = '(.*)'$/.exec(line);
    if (entry !== null) return [`${entry[1]}|${entry[2]}`];
    const other = /^DEBUG (?:parse_ini_file: (\[.*\])|processing (include): (.*))$/.exec(line);
    return other === null ? [] : [other[1] ?? `include|${other[3]}`];
  });
}

/** The same by our own parser. */
function readByUs(text: string): readonly string[] {
  return parseIni(text).flatMap((item) => {
    if (item.kind === 'section') return [`[${item.name}]`];
    if (item.kind === 'entry') return [`${item.key}|${item.value}`];
    return item.kind === 'include' ? [`include|${item.file}`] : [];
  });
}

// No quotes: PgBouncer 1.18 does not know quoted keys. No line breaks of other kinds, which would tear its log.
const piece = fc.oneof(
  fc.constantFrom(
    '[pgbouncer]',
    '[databases]',
    '[users]',
    '[',
    ']',
    '%include x.ini',
    '%include ',
    '%includes',
  ),
  fc.constantFrom(
    '; remark',
    '# remark',
    'verbose = 1',
    'server_lifetime=5',
    '* = host=a',
    'a.b-c_d* =',
    ' = x',
  ),
  fc.constantFrom('\n', '\n', '\n', '\r\n', ' ', '\t', '\f', '=', ';', '#', '%', '*', '.', 'ä', '\0'),
);
const anyIni = fc.array(piece, { maxLength: 14 }).map((all) => all.join(''));

type Verdict = 'accepted' | 'not understood' | 'refused';

function verdictOf({ accepted, log }: Loaded): Verdict {
  if (accepted) return 'accepted';
  return log.some((line) => line.includes('syntax error in configuration')) ? 'not understood' : 'refused';
}

/** What each of its verdicts says about ours; a value that it refuses may stand anywhere. */
const expected: Readonly<Record<Verdict, unknown>> = {
  accepted: { verdict: 'accepted', isBroken: false, readAll: true },
  'not understood': { verdict: 'not understood', isBroken: true, readAll: true },
  refused: { verdict: 'refused', isBroken: expect.any(Boolean), readAll: expect.any(Boolean) },
};

async function listeners(text: string): Promise<readonly string[]> {
  return (await load(text)).log.filter((line) => line.includes('listening on'));
}

describe('a real PgBouncer', () => {
  test('reads every file as our parser does', { timeout: 120_000 }, async (context) => {
    skipWhen(context, lacking);
    await fc.assert(
      fc.asyncProperty(anyIni, async (text) => {
        const loaded = await load(text, true);
        const [theirs, ours] = [readByPgbouncer(loaded), readByUs(text)];
        // It stops where it finds an error, of meaning or of form; up to there both must have read the same.
        expect(ours.slice(0, theirs.length)).toEqual(theirs);
        const isBroken = parseIni(text).some(({ kind }) => kind === 'broken');
        const readAll = ours.length === theirs.length;
        expect({ verdict: verdictOf(loaded), isBroken, readAll }).toEqual(expected[verdictOf(loaded)]);
      }),
      { numRuns: 400 },
    );
  });

  test('starts on every profile, and on a file that includes it', async (context) => {
    skipWhen(context, lacking);
    for (const [name, settings] of Object.entries(poolerProfiles)) {
      const checked = await load(checkConfiguration(settings));
      expect(checked.log.join('\n')).toContain('process up:');
      expect(checked.accepted).toBe(true);
      const included = writeReadable(path.join(folder, `${name}.ini`), settingsFile({ name, settings }));
      const users = `${main}auth_type = plain\n\n[users]\n`;
      expect(await load(printIni(addInclude(parseIni(users), included)))).toMatchObject({ accepted: true });
    }
  });

  test('knows every setting of a profile, as far as it is not too old for it', async (context) => {
    skipWhen(context, lacking);
    const refused = [];
    for (const key of Object.keys(poolerSettings)) {
      expect(settingProblem(key, '1')).toBeUndefined();
      const { accepted, log } = await load(checkConfiguration({ [key]: '1' }));
      if (!accepted) refused.push([key, log[0]]);
    }
    // The lab's PgBouncer is 1.18; a newer one refuses fewer of them.
    const newer = Object.entries(poolerSettings).flatMap(([key, { since }]) =>
      since === undefined ? [] : [[key, `ERROR unknown parameter: pgbouncer/${key}`]],
    );
    expect(newer).toEqual(expect.arrayContaining(refused));
  });

  test('does not start on what the seed had: an unknown setting, and a line at the end of the last section', async (context) => {
    skipWhen(context, lacking);
    const unknown = await load(checkConfiguration({ client_lifetime: '7200' }));
    expect(unknown).toMatchObject({ accepted: false });
    expect(unknown.log).toContainEqual(
      expect.stringContaining('unknown parameter: pgbouncer/client_lifetime'),
    );
    const users = `${main}[users]\n`;
    expect(await load(`${users}server_login_retry = 60\n`)).toMatchObject({ accepted: false });
    const edited = printIni(setParameter(parseIni(users), 'server_login_retry', '60'));
    expect(await load(edited)).toMatchObject({ accepted: true });
  });

  test('puts everything back to its default at a second header, so an included file must not have one', async (context) => {
    skipWhen(context, lacking);
    const port = await freePort();
    const start = `[pgbouncer]\nauth_type = plain\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\n`;
    const settings = `unix_socket_dir = ${folder}\nserver_login_retry = 1\n`;
    const listens = expect.stringContaining(`127.0.0.1:${port}`);
    expect(await listeners(start + settings)).toContainEqual(listens);
    expect(await listeners(`${start}[pgbouncer]\n${settings}`)).not.toContainEqual(listens);
  });
});
