import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { parse, stringify } from 'yaml';

import { primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { sampleArguments } from '../rig/sample-arguments.ts';
import { ServerLogs } from '../rig/server-logs.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { isVerified } from './nothing-lost.ts';
import { withFault } from './with-fault.ts';

/** A value that must be found nowhere, in the forms in which it travels. */
interface Needle {
  readonly name: string;
  readonly forms: readonly string[];
}

/** Names and certificates are no secrets (src/adapters/kubernetes/cluster-reader.ts has the same list). */
const publicKeys = new Set(['username', 'user', 'database', 'dbname', 'host', 'port', 'tls.crt', 'ca.crt']);

/** Shorter values would be found by chance. */
const shortest = 6;

function needle(name: string, value: string): Needle {
  // The lines of a private key are secrets of their own, its frame is not.
  const lines = value.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'));
  const parts = value.includes('\n') ? lines : [value];
  const forms = parts.flatMap((part) => [part, Buffer.from(part).toString('base64').replace(/=+$/, '')]);
  return { name, forms: [...forms, Buffer.from(value).toString('base64')] };
}

/** The real values of every Secret of the stack's namespace. */
async function secretsOf({ lab }: Site): Promise<readonly Needle[]> {
  const { items } = JSON.parse(await shopKubectl(lab, ['get', 'secrets', '-o', 'json'])) as {
    items: readonly {
      readonly metadata: { readonly name: string };
      readonly data?: Readonly<Record<string, string>>;
    }[];
  };
  const needles = items.flatMap(({ metadata, data = {} }) =>
    Object.entries(data)
      .filter(([key]) => !publicKeys.has(key))
      .map(([key, text]) => needle(`${metadata.name} ${key}`, Buffer.from(text, 'base64').toString('utf8'))),
  );
  const usable = needles.filter(({ forms }) => (forms[0]?.length ?? 0) >= shortest);
  if (usable.length < 3) throw new Error(`only ${usable.length} secrets were found in ${shop.namespace}`);
  return usable;
}

/** Everything that was written where, by the name of the place. */
type Places = ReadonlyMap<string, string>;

/** `PLACE: NAME` for everything that is where it must not be. */
function found(needles: readonly Needle[], places: Places): readonly string[] {
  return [...places].flatMap(([place, text]) =>
    needles
      .filter(({ forms }) => forms.some((form) => text.includes(form)))
      .map(({ name }) => `${place}: ${name}`),
  );
}

/** Every byte of the state folder: the journal, its log and what lies beside them. */
async function stateBytes({ journal }: Site): Promise<string> {
  const folder = path.dirname(journal);
  if (!existsSync(folder)) return '';
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((name) => readFile(path.join(folder, name), 'latin1')));
  return texts.join('\n');
}

/** A run with everything that it left in its own places. */
async function watchedRun(
  site: Site,
  args: readonly string[],
  env = {},
): Promise<{ ended: Ended; own: Places }> {
  const seen = new Set<string>();
  const ended = await site.rekindle({ args, env, meanwhile: (pid) => sampleArguments(pid, seen) });
  const history = await site.rekindle({ args: ['history', '--json'] });
  const own = new Map([
    ['arguments', [...seen].join('\n')],
    ['standard output', ended.stdout],
    ['standard error', ended.stderr],
    ['journal', await stateBytes(site)],
    ['history', history.stdout],
  ]);
  return { ended, own };
}

/** The lab's kubeconfig with the context `rekindle` under another name. */
async function renamedContext({ lab, folder }: Site, name: string): Promise<string> {
  const config = parse(await readFile(lab.kubeconfig, 'utf8')) as { contexts: { name: string }[] };
  for (const context of config.contexts) if (context.name === 'rekindle') context.name = name;
  const file = path.join(folder, 'planted-kubeconfig');
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

const stackFile = ['--stack', 'examples/jewelry-shop/rekindle.yaml'];

/**
 * Plants a value in each of the places and looks for it in the same way: a search that finds nothing there would prove
 * nothing. It is the name of a context, a statement, and the name of a database.
 */
async function control(site: Site, logs: ServerLogs): Promise<void> {
  const { lab } = site;
  const planted = `planted-${randomBytes(9).toString('hex')}`;
  const needles = [needle('planted', planted)];
  const kubeconfig = await renamedContext(site, planted);
  const args = ['diagnose', '--json', '-v', '--context', planted, ...stackFile];
  const { own } = await watchedRun(site, args, { KUBECONFIG: kubeconfig });
  // Nobody prints the name of a context that works: one that does not exist is told on both streams.
  const refused = await site.rekindle({ args: ['status', '--json', '--context', `${planted}-2`] });
  const pod = await primaryPod(lab);
  await sql(lab, pod, `select '${planted}'`);
  const host = `host=${shop.database}-pooler port=5432 dbname=${planted} user=nobody`;
  const argv = ['psql', '-X', `${host} sslmode=require connect_timeout=5`, '-c', 'select 1'];
  await lab.run(
    ['kubectl', '-n', shop.namespace, 'exec', pod, '-c', 'postgres', '--', 'env', 'PGPASSWORD=none', ...argv],
    {
      timeoutSeconds: 30,
    },
  );
  await waitFor('the planted value in every place', 30, async () => {
    const places = new Map([
      ...own,
      ['standard output', refused.stdout],
      ['standard error', refused.stderr],
      ...(await logs.since()),
    ]);
    const missing = [...places].filter(
      ([place, text]) => found(needles, new Map([[place, text]])).length === 0,
    );
    if (missing.length > 0) throw new Error(`not found in: ${missing.map(([place]) => place).join(', ')}`);
    return true;
  });
}

/** Heals a changed password while everything that is written anywhere is kept, and looks for every real secret in it. */
async function healWatched(site: Site): Promise<Ended> {
  const { lab } = site;
  const needles = await secretsOf(site);
  await ServerLogs.everyStatement(lab, true);
  try {
    await control(site, await ServerLogs.begin(lab));
    return await withFault(site, 'pooler-password-changed', async () => {
      // From here on: making the fault, and taking it away, writes passwords into the server's log by itself.
      const logs = await ServerLogs.begin(lab);
      const args = ['up', '--json', '-v', '--context', 'rekindle', ...stackFile];
      const { ended, own } = await watchedRun(site, args);
      if (!isVerified(ended)) throw new Error(`it ended with ${ended.exitCode}: ${ended.stderr}`);
      const places = new Map([...own, ...(await logs.since())]);
      for (const [place, text] of places) if (text === '') throw new Error(`nothing was kept of: ${place}`);
      const leaks = found(needles, places);
      if (leaks.length > 0) throw new Error(`secrets were written: ${leaks.join('; ')}`);
      process.stderr.write(`${needles.length} secrets in none of: ${[...places.keys()].join(', ')}\n`);
      return ended;
    });
  } finally {
    await ServerLogs.everyStatement(lab, false);
  }
}

/** Secrets of the stack are written nowhere. */
export const leakCases: readonly RefusalCase[] = [
  defineCase({
    id: 'S1',
    title:
      'no secret of the namespace in arguments, output, journal, history or the logs of PostgreSQL and PgBouncer; a planted value is found in each',
    expected: { exitCode: 0, says: /"proven": "verified"/, writes: 'any' },
    needsWholeStack: true,
    run: healWatched,
  }),
];
