import { userInfo } from 'node:os';

import { examine, type PlanInput } from '../../app/examine.ts';
import { proveTwice } from '../../app/prove-twice.ts';
import { poolerProfiles } from '../../domain/pooler-profiles.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Pass } from '../../app/run-log.ts';
import { causeText } from '../../record/explained-error.ts';
import { isAlive } from '../../record/lock.ts';
import { readAgentState } from '../../record/agent-state-file.ts';
import { agentStatePath } from '../../record/paths.ts';
import { agentText, type SeenAgent } from '../../report/agent-text.ts';
import { backupTexts } from '../../report/backup-text.ts';
import { findingJson, refusalJson, stepJson, taskJson } from '../../report/json.ts';
import { findingText, nextTexts, noticeTexts, planText, verdictText } from '../../report/text.ts';
import { knownBackups } from '../../service/schedule/schedule-status.ts';
import { judge } from '../../verify/judge.ts';
import { howToDeclareAWrite } from '../../verify/proof-text.ts';
import { wantedLevel } from '../../verify/verifier.ts';
import { answer } from '../answer.ts';
import { browserAdvice } from '../browser-advice.ts';
import { copyOutFolder } from '../copy-out-folder.ts';
import { exitCodeOf, exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { plannedPass } from './decided-pass.ts';
import type { UpOptions } from './up-options.ts';

interface Looked {
  readonly session: Session;
  readonly pass: Pass;
}

async function withPass(
  options: CommonOptions & Pick<UpOptions, 'copyOut'>,
  signal: AbortSignal,
  use: (looked: Looked) => Promise<number> | number,
  look = ({ context, log }: Session, input: PlanInput) => examine(context, log, input),
): Promise<number> {
  const copyOut = options.copyOut === undefined ? undefined : copyOutFolder(options.copyOut, Date.now());
  const session = await openSession(options, signal, false);
  try {
    const pass = await look(session, { copyOut });
    session.log.show(pass);
    return await use({ session, pass });
  } finally {
    session.close();
  }
}

/** The verdict without a write: findings decide, and the sentence says that nothing was proven. */
function unprovenVerdict({ session, pass }: Looked): Verdict {
  const wanted = wantedLevel(session.context);
  const verdict = judge({ proven: 'none', wanted, ...pass, at: session.context.clock.now() });
  const quiet = wanted !== 'none' && pass.findings.every((finding) => finding.kind === 'notice');
  const tried =
    wanted === 'verified'
      ? 'That a write works was not tried: run `rekindle verify`.'
      : `Without a declared write \`rekindle verify\` proves reading only. ${howToDeclareAWrite}`;
  const sentence = `Nothing is known to be broken. ${tried}`;
  return quiet ? { ...verdict, state: 'healthy', sentence } : verdict;
}

function profileAdvice({ context }: Session): readonly string[] {
  if (context.stack.poolerProfile?.name !== 'patience') return [];
  return [
    `advice: the stack file asks for the pooler profile patience (server_login_retry ${poolerProfiles.patience.server_login_retry} s). ` +
      'After one failed login PgBouncer then refuses everybody for up to 60 s although PostgreSQL is back; quick (1 s) recovered ' +
      'in 0.0-0.9 s in our measurements. Change it with: rekindle pooler profile set quick.',
  ];
}

/** What is known here of the stack's backups, a line each; what cannot be read is one as well. */
function backupLines({ target, context }: Session): readonly string[] {
  try {
    const { name, namespace } = context.stack;
    const of = { context: target.context, stack: name, namespace };
    return backupTexts(knownBackups(of, userInfo().username), context.clock.now());
  } catch (error) {
    return [`could not look at what is known of the backups: ${causeText(error)}`];
  }
}

/** `rekindle diagnose`: reads only; every finding with its evidence. */
export function diagnoseCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  return withPass(options, signal, async (looked) => {
    const verdict = unprovenVerdict(looked);
    const findings = looked.pass.findings.map(findingText);
    const { session } = looked;
    const advice = [...profileAdvice(session), ...(await browserAdvice(session))];
    const backups = backupLines(session);
    const next = nextTexts(verdict, 'diagnose');
    const text = [verdictText(verdict), ...findings, ...backups, ...advice, ...next].join('\n');
    const json = { verdict, findings: looked.pass.findings.map(findingJson), backups, advice };
    answer(options, 'diagnose', { text, json });
    return exitCodeOf(verdict);
  });
}

/** What the agent of a cluster said last, and whether it lives. */
function seenAgent(cluster: string): SeenAgent | undefined {
  const kept = readAgentState(agentStatePath(cluster));
  return kept === undefined ? undefined : { ...kept, lives: isAlive(kept.pid) };
}

/** `rekindle status`: one sentence on the stack, one on its agent. */
export function statusCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  return withPass(options, signal, (looked) => {
    const verdict = unprovenVerdict(looked);
    const agent = seenAgent(looked.session.target.cluster);
    const backups = backupLines(looked.session);
    const notices = noticeTexts(looked.pass.findings);
    const next = nextTexts(verdict, 'status');
    const text = [verdictText(verdict), ...notices, agentText(agent), ...backups, ...next].join('\n');
    const json = { verdict, stack: looked.session.context.stack.name, agent, backups };
    answer(options, 'status', { text, json });
    return exitCodeOf(verdict);
  });
}

/** `rekindle plan`: what `up` would do now. 0 nothing to do, 1 steps planned, 2 could not tell. */
export function planCommand(
  options: CommonOptions & Pick<UpOptions, 'copyOut'>,
  signal: AbortSignal,
): Promise<number> {
  const show = ({ pass: { plan, findings } }: Looked): number => {
    const { steps, refusals, tasks, waits } = plan;
    const json = {
      steps: steps.map(stepJson),
      refusals: refusals.map(refusalJson),
      tasks: tasks.map(taskJson),
      waits,
    };
    answer(options, 'plan', { text: planText(plan), json });
    if (steps.length + refusals.length + tasks.length > 0) return exitCodes.broken;
    return findings.some((finding) => finding.kind === 'unknown')
      ? exitCodes.couldNotTell
      : exitCodes.healthy;
  };
  return withPass(options, signal, show, plannedPass);
}

/** `rekindle verify`: two writes through the front door (or GETs where no write is declared) and every finding. */
export function verifyCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  return withPass(options, signal, async (looked) => {
    const { context, log } = looked.session;
    const proof = await proveTwice(context, log);
    const { findings, observation } = looked.pass;
    const wanted = wantedLevel(context);
    const verdict = judge({ proven: proof.level, wanted, findings, observation, at: context.clock.now() });
    const text = `${verdictText(verdict)}\nlast probe: ${proof.last.evidence}`;
    const json = { verdict, last: proof.last, findings: findings.map(findingJson) };
    answer(options, 'verify', { text, json });
    return exitCodeOf(verdict);
  });
}
