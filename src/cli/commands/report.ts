import { systemClock } from '../../app/clock.ts';
import { plainLine } from '../../domain/plain-text.ts';
import { noClusterFacts } from '../../readiness/collect/cluster-facts.ts';
import { lookLive } from '../../readiness/collect/live.ts';
import { readManifests } from '../../readiness/collect/manifests.ts';
import { headline, subjectText } from '../../readiness/format/outline.ts';
import { reportJson } from '../../readiness/format/json.ts';
import { exitCodeFor, makeReport, type ReadinessReport } from '../../readiness/report.ts';
import { redact } from '../../record/redact.ts';
import { redactedFields } from '../../record/redacted-fields.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession } from '../session.ts';
import type { ReportOptions } from './report-options.ts';
import { formatted, writeReport } from './report-output.ts';
import { collectProduction } from './report-production.ts';

type Options = CommonOptions & ReportOptions;

/** Evidence is longer than a line of a terminal; more than this nobody reads, characters. */
const longest = 2000;

/** Every text of others as it may be shown, and without any secret that this process has read. */
function safe(made: ReadinessReport): ReadinessReport {
  return redactedFields(made, (text) => plainLine(redact(text), longest));
}

async function clusterReport(options: Options, signal: AbortSignal): Promise<ReadinessReport> {
  const session = await openSession(options, signal, false);
  try {
    const { context, target } = session;
    const production = await collectProduction(session);
    const { snapshot, facts, unseen } = await lookLive(context);
    signal.throwIfAborted();
    return makeReport({
      version: version(),
      subject: {
        source: 'cluster',
        cluster: target.cluster,
        context: target.context,
        namespace: context.stack.namespace,
      },
      snapshot,
      facts,
      production,
      unseen,
    });
  } finally {
    session.close();
  }
}

function manifestsReport(folder: string): ReadinessReport {
  const snapshot = readManifests(folder, systemClock.now());
  return makeReport({
    version: version(),
    subject: { source: 'manifests', folder },
    snapshot,
    facts: noClusterFacts(snapshot.at),
  });
}

function wrong(cause: string, next: string): UsageError {
  return new UsageError({ what: 'These options do not go together', cause, place: 'rekindle report', next });
}

function checkUse({ format, out, manifests, context, namespace, stack }: Options): void {
  if (format === 'pdf' && out === undefined)
    throw wrong('a PDF is no text for a terminal', 'Name a file with --out.');
  if (manifests !== undefined && (context ?? namespace ?? stack) !== undefined)
    throw wrong(
      '--manifests judges files, without a cluster',
      'Leave --context, --namespace and --stack out.',
    );
}

async function tellReport(options: Options, shown: ReadinessReport): Promise<void> {
  const { format = 'markdown', out } = options;
  const json = reportJson(shown);
  if (out === undefined) {
    // JSON and SARIF are documents of their own; the others are text for people.
    if (format === 'json') answer({ json: true }, 'report', { text: '', json });
    else answer(options, 'report', { text: String(await formatted(shown, format)).trimEnd(), json });
    return;
  }
  const file = writeReport(out, await formatted(shown, format));
  const text = `${subjectText(shown)}: ${headline(shown)}\nWrote ${file}`;
  answer(options, 'report', { text, json });
}

/**
 * `rekindle report`: what was measured of this stack, judged for production. Reads only. 0 the report was made and nothing in
 * it is as bad as --fail-on says; 1 something is; 2 something that this level needs could not be looked at.
 */
export async function report(options: Options, signal: AbortSignal): Promise<number> {
  checkUse(options);
  const { manifests, failOn = 'never' } = options;
  const made = manifests === undefined ? await clusterReport(options, signal) : manifestsReport(manifests);
  const shown = safe(made);
  await tellReport(options, shown);
  return exitCodeFor(shown, failOn);
}
