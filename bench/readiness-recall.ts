// `npm run bench:recall -- --repositories DIR`: how much of what Popeye and kube-score find our readiness report finds too.
//
// The example of this project, and manifests of other people's projects, each at a fixed commit (readiness/inputs.ts). Their
// texts are not kept here: DIR holds a git repository of each, `owner+name`, bare or not:
//   git clone https://github.com/OWNER/NAME DIR/OWNER+NAME
// Everything is applied to a real API server with the real controllers of Kubernetes; only kubelets are stood in for.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { measuredCode, say } from './begin.ts';
import { deployExample, exampleNamespace, shopManifests } from './readiness/example-stack.ts';
import { extraReasons } from './readiness/extra-reasons.ts';
import { lackingRepository, materialise } from './readiness/fetched.ts';
import { recallInputs } from './readiness/inputs.ts';
import { manifestsIn } from './readiness/manifest-files.ts';
import { measure, type Measured, type Subject } from './readiness/measure.ts';
import { measuredProgram, measuredPrograms, type MeasuredProgram } from './readiness/programs.ts';
import { knownChecks, type Recall, type UnionEntry } from './readiness/recall.ts';
import type { ReadinessRow } from './readiness/row.ts';
import { appendWayOut } from './way-out-store.ts';

const root = path.dirname(import.meta.dirname);

const { values: given } = parseArgs({
  options: {
    repositories: { type: 'string' },
    only: { type: 'string' },
    'allow-dirty': { type: 'boolean', default: false },
    'no-rows': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

/** The table decides what counts: its digest belongs to the rows. */
function crossWalkDigest(): string {
  const text = readFileSync(path.join(import.meta.dirname, 'readiness', 'cross-walk.ts'));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function programs(): Promise<Readonly<Record<MeasuredProgram, string>>> {
  const found: Partial<Record<MeasuredProgram, string>> = {};
  for (const name of measuredPrograms) {
    const { file, lacking } = await measuredProgram(name);
    if (file === undefined) throw new Error(`${name}: ${lacking}`);
    found[name] = file;
  }
  return found as Readonly<Record<MeasuredProgram, string>>;
}

interface Planned {
  readonly source: string;
  readonly subject: Subject;
  readonly objects: number;
}

function example(): Planned {
  return {
    source: 'examples/jewelry-shop, with what the Zalando operator v1.14.0 makes of it',
    objects: shopManifests().length,
    subject: {
      name: 'jewelry-shop',
      namespace: exampleNamespace,
      others: ['postgres-operator'],
      folder: path.join(root, 'examples/jewelry-shop/base'),
      manifests: [],
      deploy: deployExample,
      exportsLive: true,
    },
  };
}

async function planned(helm: string, scratch: string): Promise<readonly Planned[]> {
  const plan: Planned[] = [example()];
  const { repositories } = given;
  if (repositories === undefined) return plan;
  for (const input of recallInputs) {
    const lacking = await lackingRepository(repositories, input);
    if (lacking !== undefined) throw new Error(lacking);
    const folder = path.join(scratch, input.name);
    mkdirSync(folder, { recursive: true });
    await materialise(repositories, input, { to: folder, helm });
    const manifests = manifestsIn(folder);
    const { name, namespace, repository, commit } = input;
    plan.push({
      source: `github.com/${repository}@${commit}`,
      objects: manifests.length,
      subject: { name, namespace, folder, manifests },
    });
  }
  return plan;
}

const percent = (matched: number, all: number) =>
  all === 0 ? 'none' : `${((matched / all) * 100).toFixed(1)} %`;

function tell(name: string, { recall, files, refused }: Measured): void {
  const { union, matched, raw, ours, extra } = recall;
  say(
    `${name}: ${matched} of ${union.length} (${percent(matched, union.length)}); files ${files.matched} of ${files.union.length}; ours ${ours}`,
  );
  for (const [tool, counts] of Object.entries(raw)) say(`  ${tool}: ${JSON.stringify(counts)}`);
  for (const entry of [...union, ...files.union].filter((one) => one.matched === undefined))
    say(`  missed: ${entry.object} ${entry.container ?? ''} ${entry.foundBy.join(', ')}: ${entry.text}`);
  for (const line of refused) say(`  refused: ${line}`);
  if (given.verbose) say(`  extra: ${JSON.stringify(extra)}`);
}

function filesRow({ union, matched }: Recall): ReadinessRow['files'] {
  const missed = union.filter((entry) => entry.matched === undefined);
  return {
    union: union.length,
    matched,
    missed: missed.map(({ object, foundBy }) => `${object}: ${foundBy.join(', ')}`),
  };
}

function missedEntry({ object, container, foundBy, text }: UnionEntry): ReadinessRow['missed'][number] {
  return { object, foundBy: [...foundBy], text, ...(container !== undefined && { container }) };
}

/** Findings of ours that nobody has explained. Throws: the report must not be judged by what it cannot explain. */
function explained({ extra }: Recall, name: string): void {
  const known = knownChecks();
  const bare = Object.keys(extra).filter((check) => known.has(check) && extraReasons[check] === undefined);
  if (bare.length > 0) throw new Error(`${name}: nobody has explained why only we tell ${bare.join(', ')}`);
}

async function main(): Promise<number> {
  const state = await measuredCode(given['allow-dirty']);
  if (state === undefined) return 1;
  const built = await programs();
  const scratch = mkdtempSync(path.join(tmpdir(), 'rekindle-recall-inputs-'));
  try {
    const rows: ReadinessRow[] = [];
    const plan = (await planned(built.helm, scratch)).filter(
      ({ subject }) => given.only === undefined || given.only.split(',').includes(subject.name),
    );
    for (const { subject, source, objects } of plan) {
      const startedAt = new Date().toISOString();
      const measured = await measure(built, subject);
      const { recall, files, refused } = measured;
      tell(subject.name, measured);
      explained(recall, subject.name);
      rows.push({
        ...state,
        startedAt,
        crossWalk: crossWalkDigest(),
        input: subject.name,
        source,
        objects,
        refused: [...refused],
        tools: { popeye: 'v0.22.1', 'kube-score': 'v1.20.0' },
        raw: { popeye: { ...recall.raw.popeye }, 'kube-score': { ...recall.raw['kube-score'] } },
        union: recall.union.length,
        matched: recall.matched,
        missed: recall.union.filter(({ matched }) => matched === undefined).map(missedEntry),
        ours: recall.ours,
        extra: { ...recall.extra },
        files: filesRow(files),
      });
    }
    const [union, matched] = [
      rows.reduce((sum, row) => sum + row.union, 0),
      rows.reduce((sum, row) => sum + row.matched, 0),
    ];
    say(`all: ${matched} of ${union} (${percent(matched, union)})`);
    if (!given['no-rows']) await appendWayOut('readiness', rows);
    return matched >= union * 0.95 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = await main();
