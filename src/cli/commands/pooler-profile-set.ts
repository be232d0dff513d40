import { resolve } from 'node:path';

import type { ActionResult } from '../../domain/action-result.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { PoolerProfile } from '../../domain/pooler-profiles.ts';
import type { FoundStackFile } from '../../app/stack-file-lookup.ts';
import { declareStep } from '../../pooler/declare.ts';
import { planProfile, type PoolerPlan } from '../../pooler/plan-profile.ts';
import { lookAtPoolers } from '../../pooler/pooler-state.ts';
import { comparisonResult, processText } from '../../pooler/profile-report.ts';
import { wayText } from '../../pooler/way.ts';
import { stepJson } from '../../report/json.ts';
import { actionText } from '../../report/outcome.ts';
import { planText } from '../../report/text.ts';
import { answer } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { compareNow, comparisonCodes } from './pooler-profile-diff.ts';
import type { SetProfileOptions } from './pooler-profile-options.ts';
import { assertAllowed, runProfileSteps, withoutRepeats } from './pooler-profile-run.ts';
import { stackFileOf, wantedProfile } from './pooler-profile-wanted.ts';

interface Prepared {
  readonly profile: PoolerProfile;
  readonly plans: readonly PoolerPlan[];
  readonly steps: readonly PlannedStep[];
  readonly file: FoundStackFile | undefined;
}

function assertImageIsMeant(plans: readonly PoolerPlan[], image: string | undefined): void {
  const foreign = plans.find(({ state }) => state.operator === undefined);
  if (image === undefined || foreign === undefined) return;
  throw new UsageError({
    what: 'Nothing was done',
    cause: "--image is for poolers that Zalando's operator deploys, and this one is somebody's own",
    place: foreign.state.component.name,
    next: 'Leave it out: its settings are kept another way, which --dry-run shows.',
  });
}

async function prepare(
  session: Session,
  name: string | undefined,
  image: string | undefined,
): Promise<Prepared> {
  const { context, stackFile } = session;
  const file = stackFileOf(stackFile);
  const profile = wantedProfile(name, file);
  const at = context.clock.now();
  const states = await lookAtPoolers(context);
  const plans = states.map((state) => planProfile(state, { profile, image, at }));
  assertImageIsMeant(plans, image);
  const because = 'rekindle pooler profile set';
  const declare =
    file === undefined || name === undefined
      ? undefined
      : declareStep({
          file: resolve(file.path),
          before: file.file.spec.pooler?.profile,
          profile: name,
          because,
          at,
        });
  const steps = plans.flatMap((plan) => plan.steps);
  return { profile, plans, file, steps: withoutRepeats(declare === undefined ? steps : [...steps, declare]) };
}

/** Settings that only running processes have must be set again after each start: who does that. */
function repeatText({ profile, file, plans }: Prepared): readonly string[] {
  if (!plans.some(({ way }) => way.kind === 'set')) return [];
  const again =
    file === undefined
      ? `Nobody sets it again: no stack file asks for it. Let \`rekindle init\` write one, and set the profile once more.`
      : `\`rekindle up\` sets it again then, for ${file.path} asks for ${profile.name}.`;
  const lasting = plans.some(({ way, state }) => way.kind === 'set' && state.operator !== undefined)
    ? [
        'To make it last, build an image for this pooler: build.sh in deploy/pooler-image (in the release: ' +
          'pooler-image.tar.gz) prints the command that uses it. More: docs/pooler-profiles.md.',
      ]
    : [];
  return [again, ...lasting];
}

function countText(processes: number): string {
  return processes === 1 ? '1 process' : `${processes} processes`;
}

function waysText(prepared: Prepared): readonly string[] {
  const ways = prepared.plans.map(
    ({ state, way }) => `${state.component.name} (${countText(state.processes.length)}): ${wayText(way)}`,
  );
  return [`Profile ${prepared.profile.name}`, ...ways, ...repeatText(prepared)];
}

function poolersJson({ plans }: Prepared): readonly unknown[] {
  return plans.map(({ state, way }) => ({ pooler: state.component.name, way, lasts: wayText(way) }));
}

/**
 * A pooler whose first question for its settings got no answer in time starts without them and asks again every 3 s
 * (deploy/pooler-image/pgbouncer.sh): so long they are waited for, ms.
 */
const takenMs = 12_000;
const takenEveryMs = 500;

/** Compares until every process has the settings, or for as long as one may take to get them. */
async function compareSettled(session: Session, profile: Prepared['profile']): ReturnType<typeof compareNow> {
  const { clock, signal } = session.context;
  const end = clock.monotonic() + takenMs;
  for (;;) {
    const processes = await compareNow(session, profile);
    const isOver = clock.monotonic() > end || signal.aborted;
    if (isOver || comparisonResult(processes) === 'same') return processes;
    await clock.sleep(takenEveryMs);
  }
}

async function tellOutcome(
  session: Session,
  options: CommonOptions,
  prepared: Prepared,
  actions: readonly ActionResult[],
): Promise<number> {
  const isDone =
    actions.length === prepared.steps.length && actions.every(({ verified }) => verified === 'yes');
  const compare = isDone ? compareSettled : compareNow;
  const processes = await compare(session, prepared.profile);
  const result = comparisonResult(processes);
  const text = [
    ...(isDone ? waysText(prepared) : [`Profile ${prepared.profile.name} was not set as it was planned.`]),
    ...actions.map(actionText),
    ...processes.map(processText),
  ].join('\n');
  const { profile } = prepared;
  const json = { profile, done: isDone, poolers: poolersJson(prepared), actions, result, processes };
  answer(options, 'pooler-profile-set', { text, json });
  if (session.context.signal.aborted) return exitCodes.interrupted;
  return isDone ? comparisonCodes[result] : exitCodes.broken;
}

/**
 * `rekindle pooler profile set [name]`: a real PgBouncer is started on it first; then it is kept where it lasts, and
 * every running process gets it. Throws UsageError, NoPooler, and what keeps the API from answering.
 */
export async function profileSetCommand(
  options: CommonOptions & SetProfileOptions,
  signal: AbortSignal,
  [name]: readonly string[],
): Promise<number> {
  // A wrong name is told before a cluster is asked.
  if (name !== undefined) wantedProfile(name, undefined);
  const session = await openSession(options, signal, false);
  try {
    const prepared = await prepare(session, name, options.image);
    const { steps, profile } = prepared;
    if (options.dryRun === true) {
      const plan = planText({ steps, refusals: [], tasks: [], waits: [], hopes: [] });
      const json = { profile, poolers: poolersJson(prepared), steps: steps.map(stepJson) };
      answer(options, 'pooler-profile-set-plan', { text: [...waysText(prepared), plan].join('\n'), json });
      return exitCodes.healthy;
    }
    assertAllowed(steps, options.restartPoolers === true);
    const actions = await runProfileSteps(session, 'pooler profile set', steps);
    return await tellOutcome(session, options, prepared, actions);
  } finally {
    session.close();
  }
}
