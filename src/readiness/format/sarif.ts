import { createHash } from 'node:crypto';

import { refText } from '../../domain/object-ref.ts';
import type { ReadinessFinding, Severity } from '../finding.ts';
import type { ReadinessReport } from '../report.ts';
import { objectText } from './outline.ts';

/** `level` of a result (SARIF 2.1.0, 3.27.10). */
const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** The address by which SARIF names its own schema (SARIF 2.1.0, 3.13.3). */
const schemaAddress = 'https://json.schemastore.org/sarif-2.1.0.json';

/** A relative path as a URI reference (RFC 3986): names may hold anything. */
function uri(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

function locationOf({ object, place }: ReadinessFinding) {
  const name = refText(object);
  const logical = {
    fullyQualifiedName: [object.namespace, object.kind, object.name]
      .filter((part) => part !== undefined)
      .join('/'),
    name,
    kind: 'resource',
  };
  if (place === undefined) return { logicalLocations: [logical] };
  return {
    physicalLocation: {
      artifactLocation: { uri: uri(place.file), uriBaseId: 'MANIFESTS' },
      region: { startLine: place.line },
    },
    logicalLocations: [logical],
  };
}

/** The same finding keeps this over runs: it says nothing of lines, counts or times. */
function fingerprint(finding: ReadinessFinding): string {
  const [first] = finding.evidence;
  const text = [finding.check, objectText(finding), first?.object ?? '', first?.field ?? ''].join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function resultOf(finding: ReadinessFinding, ruleIndex: number) {
  const { check, severity, claim, evidence, advice } = finding;
  const facts = evidence.map(({ object, field, value }) => `${object} ${field}: ${value}`);
  return {
    ruleId: check,
    ruleIndex,
    level: levels[severity],
    message: {
      text: [
        `${objectText(finding)}: ${claim}`,
        ...facts,
        ['First:', advice.say, advice.note, advice.command].filter((part) => part !== undefined).join(' '),
      ].join('\n'),
    },
    locations: [locationOf(finding)],
    partialFingerprints: { 'rekindleFinding/v1': fingerprint(finding) },
    properties: { severity },
  };
}

/** The report as one run of SARIF 2.1.0. What could not be looked at is a notification of the tool: no result is not "fine". */
export function sarifReport(report: ReadinessReport): string {
  const { checked, notChecked, version, at, subject } = report;
  const rules = checked.map(({ check: { id, title, severity, why, source } }) => ({
    id,
    name: id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: why },
    helpUri: source,
    defaultConfiguration: { level: levels[severity] },
    properties: { severity },
  }));
  const notifications = notChecked.map(({ what, why, couldNotLook }) => ({
    level: couldNotLook ? 'warning' : 'note',
    message: { text: `${what}: ${couldNotLook ? 'could not look: ' : 'not checked: '}${why}` },
  }));
  const run = {
    tool: {
      driver: {
        name: 'rekindle report',
        version,
        semanticVersion: version,
        rules,
      },
    },
    invocations: [
      {
        executionSuccessful: true,
        endTimeUtc: new Date(at).toISOString(),
        toolExecutionNotifications: notifications,
      },
    ],
    automationDetails: { id: `rekindle/${subject.source}/` },
    ...(subject.source === 'manifests' && {
      originalUriBaseIds: {
        MANIFESTS: { description: { text: 'The folder that was named with --manifests.' } },
      },
    }),
    columnKind: 'utf16CodeUnits',
    results: checked.flatMap(({ findings }, index) => findings.map((finding) => resultOf(finding, index))),
  };
  return `${JSON.stringify({ $schema: schemaAddress, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
}
