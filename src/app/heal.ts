import type { ActContext } from '../act/define-step.ts';
import { Dispatcher } from '../act/dispatcher.ts';
import type { ActionResult } from '../domain/action-result.ts';
import { dnsAnswers } from '../domain/dns-answers.ts';
import { seen } from '../domain/looked.ts';
import type { Restraint } from '../plan/guards/define-guard.ts';
import type { Verdict } from '../domain/verdict.ts';
import { earlyVerdict } from '../verify/early-verdict.ts';
import { judge } from '../verify/judge.ts';
import { Verifier, wantedLevel } from '../verify/verifier.ts';
import { examine } from './examine.ts';
import { NeedsHuman } from './needs-human.ts';
import { Proofs } from './proofs.ts';
import { restartedRecently } from './restarted-recently.ts';
import type { Pass, RunLog } from './run-log.ts';

/** Pause between two passes, ms: looking costs CPU on the very machine that is busy recovering. */
const betweenPassesMs = 400;

/** The same while the cluster's DNS is silent: no remedy above the nodes begins before it answers, ms. */
const whileSilentMs = 900;

export interface HealOptions {
  readonly timeoutMs: number;
  /** When the last run ended with the stack healthy, ms since the epoch: what started before was part of that proof. */
  readonly provenAt: number | undefined;
  /** Where files of an emptyDir may be copied to, absolute; undefined: a pod that keeps some is left alone. */
  readonly copyOut?: string | undefined;
  /** How far it holds itself back; undefined: a person asked for it. */
  readonly restraint?: Restraint | undefined;
  /** Called in each pass in which the API answered, before anything is done: discovery may know more, or another stack, now. */
  readonly refreshStack: () => Promise<void>;
}

export interface HealResult {
  readonly verdict: Verdict;
  readonly pass: Pass;
  readonly actions: readonly ActionResult[];
  readonly seconds: number;
}

/**
 * Brings the stack back: observe, diagnose, plan, act, verify, record, each pass from a fresh observation, until the
 * wanted level is proven and nothing is broken, or only a person can help, or the time is over. Killed at any point,
 * the next run goes on. When it resolves or throws, no action is under way: the caller may let the lock go.
 */
export async function heal(context: ActContext, log: RunLog, options: HealOptions): Promise<HealResult> {
  const dispatcher = new Dispatcher(context, log.id, log.record);
  try {
    return await untilSettled(context, log, options, dispatcher);
  } catch (error) {
    // What went wrong first is told, whatever else goes wrong until the actions have ended.
    await dispatcher.idle().catch(() => undefined);
    throw error;
  }
}

async function untilSettled(
  context: ActContext,
  log: RunLog,
  options: HealOptions,
  dispatcher: Dispatcher,
): Promise<HealResult> {
  const { clock } = context;
  const start = clock.monotonic();
  const verifier = new Verifier(context, (id, count) =>
    log.record({ type: 'write-verified', run: log.id, id, count }),
  );
  const proofs = new Proofs(verifier, dispatcher);
  const needsHuman = new NeedsHuman();
  const isOver = ({ plan, findings }: Pass): boolean =>
    context.signal.aborted ||
    clock.monotonic() - start > options.timeoutMs ||
    needsHuman.judge(plan, dispatcher.busy.size, clock.monotonic(), lacksDoor(context, findings));

  for (;;) {
    const pass = await currentPass(context, log, options, dispatcher);
    // Nothing is begun for somebody who wants it to end.
    if (!context.signal.aborted) for (const step of pass.plan.steps) dispatcher.start(step);
    dispatcher.check();
    const proven = await proofs.attempt(pass);
    const { failure } = proofs;
    const judgement = { proven, wanted: wantedLevel(context), ...pass, failure, at: clock.now() };
    const verdict = judge(judgement);

    const seconds = (clock.monotonic() - start) / 1000;
    const isQuiet = dispatcher.busy.size === 0 && !proofs.areOvertaken;
    const settled = verdict.state === 'healthy' && isQuiet;
    const isEnough =
      proofs.provenBefore !== undefined || !wasTouched(pass, dispatcher.results, options.provenAt);
    if (settled && isEnough) return { verdict, pass, actions: dispatcher.results, seconds };
    if (isOver(pass)) {
      await dispatcher.idle();
      const { areOvertaken: actedSince, provenBefore } = proofs;
      const end = { actedSince, provenBefore };
      return { verdict: earlyVerdict(judgement, end), pass, actions: dispatcher.results, seconds };
    }
    if (settled) {
      proofs.repeatLater(proven);
      log.say(`verified after ${seconds.toFixed(1)} s; once more after the stability window`);
      await pause(context, context.stack.policy.stabilityWindowSeconds * 1000);
    }
    await pause(context, untilNextPass(pass, dispatcher.busy.size));
  }
}

/** Whether all is well and nothing can be proven, because nobody has said where the front door is. */
function lacksDoor(context: ActContext, findings: Pass['findings']): boolean {
  return wantedLevel(context) === 'none' && findings.every(({ kind }) => kind === 'notice');
}

/** One pass over the stack as discovery knows it: what was planned for another one, of another namespace perhaps, is planned anew. */
async function currentPass(
  context: ActContext,
  log: RunLog,
  { copyOut, restraint, refreshStack }: HealOptions,
  { busy }: Dispatcher,
): Promise<Pass> {
  const { stack } = context;
  const pass = await examine(context, log, { busy, copyOut, restraint });
  log.note(pass);
  if (!pass.observation.api.looked) return pass;
  await refreshStack();
  if (context.stack === stack) return pass;
  const anew = await examine(context, log, { busy, copyOut, restraint });
  log.note(anew);
  return anew;
}

/** How long to leave the machine alone after a pass, ms; nothing is left alone while something is being done. */
function untilNextPass({ plan, observation }: Pass, underWay: number): number {
  const isQuiet = plan.steps.length === 0 && underWay === 0;
  return isQuiet && !dnsAnswers(seen(observation.dns)) ? whileSilentMs : betweenPassesMs;
}

/** Something was acted on in this run, or started lately and is not part of an earlier proof: one proof is not enough then. */
function wasTouched(pass: Pass, actions: readonly ActionResult[], provenAt: number | undefined): boolean {
  return actions.some(({ acted }) => acted !== 'skipped') || restartedRecently(pass.observation, provenAt);
}

/** Sleeps, and returns early when the run was interrupted: the loop then ends with what it knows. */
async function pause({ clock, signal }: ActContext, ms: number): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
