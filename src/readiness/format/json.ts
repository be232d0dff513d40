import { z } from 'zod';

import type { Looked } from '../../domain/looked.ts';
import { refText } from '../../domain/object-ref.ts';
import { events } from '../cluster/survival.ts';
import { severities, type ReadinessFinding } from '../finding.ts';
import type { ProductionRow } from '../production/row.ts';
import type { PlaceRow, ReadinessReport } from '../report.ts';
import type { Checked } from '../run-checks.ts';
import { stepsOf } from './outline.ts';

const severity = z.enum(severities);
const fact = z.strictObject({
  object: z.string().describe('kind, then namespace/name'),
  field: z.string(),
  value: z.string(),
});
const count = z.int().min(0);
const survivalAnswer = z.strictObject({
  answer: z
    .enum(['kept', 'part', 'lost', 'unknown', 'none'])
    .describe('part: what was synced is kept; none: the event does not concern it'),
  why: z.string(),
});

const subject = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('cluster'),
    cluster: z.string(),
    context: z.string(),
    namespace: z.string(),
  }),
  z.strictObject({ source: z.literal('manifests'), folder: z.string() }),
]);

const finding = z.strictObject({
  check: z.string(),
  severity,
  object: z.string().describe('kind, then namespace/name'),
  container: z.string().optional(),
  claim: z.string(),
  evidence: z.array(fact),
  advice: z.strictObject({
    say: z.string(),
    note: z.string().optional().describe('what stands in the way of doing just that'),
    command: z.string().optional(),
  }),
  place: z.strictObject({ file: z.string(), line: z.int().min(1) }).optional(),
});

const check = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity: severity.describe('the worst that it gives'),
  why: z.string(),
  source: z.string().describe('who says so'),
  findings: count,
  notJudged: z.string().optional().describe('why it judged nothing; absent: it judged'),
  unseen: z.string().optional().describe('what it could not look at although it judged the rest'),
  couldNotLook: z.boolean().describe('something that it needs could not be looked at'),
});

const place = z.strictObject({
  name: z.string(),
  kind: z.enum(['claim', 'emptyDir', 'memory', 'hostPath', 'datastore']),
  object: z.string(),
  node: z.string().optional(),
  isOnServer: z.boolean().optional().describe('k3d drains a server node when it stops'),
  path: z.string().optional().describe('inside the node'),
  medium: z
    .enum(['bind', 'volume', 'anonymous', 'tmpfs', 'layer', 'unknown', 'elsewhere'])
    .describe('what of the machine is mounted there; layer: the node container itself'),
  source: z.string().optional().describe('path on the machine'),
  bytes: count.nullable().describe('null: could not look'),
  bytesUnknown: z.string().optional().describe('why the size is not known'),
  requested: z.string().optional(),
  reclaim: z.string().optional(),
  survives: z.record(z.enum(events), survivalAnswer),
});

/** The document of `rekindle report`; fields are only ever added under this version. */
export const reportShape = z.strictObject({
  at: z.iso.datetime(),
  version: z.string().describe('of rekindle'),
  subject,
  counts: z.record(severity, count),
  first: z
    .array(
      z.strictObject({
        severity,
        title: z.string(),
        objects: z.string(),
        say: z.string(),
        commands: z.array(z.string()),
      }),
    )
    .describe('what to fix first, in this order'),
  production: z.array(
    z.strictObject({
      id: z.string(),
      question: z.string(),
      state: z.enum(['yes', 'partly', 'no', 'unknown']).describe('unknown: could not look'),
      severity: severity.describe('how bad a no is'),
      answer: z.string(),
      evidence: z.array(fact),
      checks: z.array(z.string()).optional().describe('ids of checks whose findings are behind it'),
      next: z.string().optional(),
      command: z.string().optional().describe('the command line that begins what is next'),
    }),
  ),
  limitations: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      state: z.enum(['holds', 'does-not-hold', 'unknown']),
      found: z.string(),
      evidence: z.array(fact),
      cost: z.string().optional(),
      wayOut: z.string().optional(),
    }),
  ),
  places: z.array(place),
  findings: z.array(finding),
  checks: z.array(check),
  notChecked: z.array(z.strictObject({ what: z.string(), why: z.string(), couldNotLook: z.boolean() })),
});
export type ReportDocument = z.output<typeof reportShape>;

/** Name and version of the shape. */
export const reportSchemaId = 'rekindle.dev/v1alpha1/report';

/** The JSON Schema of what `rekindle report --format json` prints. */
export function reportSchema(): string {
  const shape = reportShape.extend({ schema: z.literal(reportSchemaId) });
  return `${JSON.stringify(z.toJSONSchema(shape), undefined, 2)}\n`;
}

function findingJson({ object, ...rest }: ReadinessFinding): ReportDocument['findings'][number] {
  return { ...rest, object: refText(object), evidence: [...rest.evidence] };
}

function bytesJson(bytes: Looked<number>): Pick<ReportDocument['places'][number], 'bytes' | 'bytesUnknown'> {
  return bytes.looked ? { bytes: bytes.value } : { bytes: null, bytesUnknown: bytes.why };
}

function placeJson({ medium, bytes, object, ...rest }: PlaceRow): ReportDocument['places'][number] {
  return {
    ...rest,
    object: refText(object),
    medium: medium.kind,
    ...(medium.source !== undefined && { source: medium.source }),
    ...bytesJson(bytes),
    survives: { ...rest.survives },
  };
}

function productionJson({ checks, evidence, ...row }: ProductionRow): ReportDocument['production'][number] {
  return { ...row, evidence: [...evidence], ...(checks !== undefined && { checks: [...checks] }) };
}

function checkJson({
  check: own,
  findings,
  notJudged,
  unseen,
  couldNotLook,
}: Checked): ReportDocument['checks'][number] {
  const { id, title, severity: worst, why, source } = own;
  const told = { id, title, severity: worst, why, source, findings: findings.length, couldNotLook };
  return {
    ...told,
    ...(notJudged !== undefined && { notJudged }),
    ...(unseen !== undefined && { unseen }),
  };
}

/** The report as plain data. */
export function reportJson(report: ReadinessReport): ReportDocument {
  const { checked, production, limitations, places, notChecked, counts, subject: about, version } = report;
  return {
    at: new Date(report.at).toISOString(),
    version,
    subject: about,
    counts: { ...counts },
    first: stepsOf(report).map((step) => Object.assign({}, step, { commands: [...step.commands] })),
    production: production.map(productionJson),
    limitations: limitations.map((row) => Object.assign({}, row, { evidence: [...row.evidence] })),
    places: places.map(placeJson),
    findings: checked.flatMap(({ findings }) => findings.map(findingJson)),
    checks: checked.map(checkJson),
    notChecked: [...notChecked],
  };
}
