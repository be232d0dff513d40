import { examine } from '../../app/examine.ts';
import { refreshStack } from '../../app/refresh-stack.ts';
import type { Pass } from '../../app/run-log.ts';
import { type Finding, layers } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import { findingJson } from '../../report/json.ts';
import { findingText } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import type { Session } from '../session.ts';

/** Between two looks, ms. */
const everyMs = 1000;

const upToDatabase: ReadonlySet<string> = new Set(layers.slice(0, layers.indexOf('database') + 1));

/** What still keeps somebody waiting at the database or below it. */
function open({ findings }: Pass): readonly Finding[] {
  return findings.filter(({ layer, kind }) => upToDatabase.has(layer) && kind !== 'notice');
}

/** A sentence for every database that was asked and takes writes; undefined while one of them was not seen to. */
function ready({ observation }: Pass, { context: { stack }, source }: Session): string | undefined {
  // Of a stack that was never discovered nobody knows what it has.
  if (!source.known) return undefined;
  if (stack.databases.length === 0) return 'This stack has no database to wait for.';
  const databases = seen(observation.databases) ?? [];
  const primaries = databases.flatMap(({ cluster, primary }) => {
    const seenPrimary = seen(primary);
    return seenPrimary === undefined || seenPrimary.inRecovery ? [] : [`${seenPrimary.pod} of ${cluster}`];
  });
  return primaries.length < stack.databases.length
    ? undefined
    : `PostgreSQL takes writes: ${primaries.join(', ')}.`;
}

/**
 * `rekindle step run wait-for-database`: looks until the primary of every database takes logins and nothing below it is
 * wrong, for `--timeout` at most. Changes nothing. 0: it does; 1: it does not; 2: could not tell.
 */
export async function waitForDatabaseCommand(session: Session, options: CommonOptions): Promise<number> {
  const { context, log } = session;
  const end = context.clock.monotonic() + options.timeout;
  for (;;) {
    const { stack } = context;
    const pass = await examine(context, log);
    log.show(pass);
    if (pass.observation.api.looked) await refreshStack(session, log);
    // What was seen is of another stack, of another namespace perhaps, which an earlier run was about.
    if (context.stack !== stack) continue;
    const left = open(pass);
    const sentence = left.length === 0 ? ready(pass, session) : undefined;
    if (sentence !== undefined) {
      const json = { actions: [], refusals: [], findings: [], sentence };
      answer(options, 'step-run', { text: sentence, json });
      return exitCodes.healthy;
    }
    if (context.clock.monotonic() > end) {
      const lines = ['PostgreSQL does not take writes.', ...left.map(findingText)];
      const json = { actions: [], refusals: [], findings: left.map(findingJson), sentence: lines[0] };
      answer(options, 'step-run', { text: lines.join('\n'), json });
      return left.some(({ kind }) => kind !== 'unknown') ? exitCodes.broken : exitCodes.couldNotTell;
    }
    await context.clock.sleep(everyMs, context.signal);
  }
}
