import { causeText, ExplainedError } from '../record/explained-error.ts';
import type { ServiceOptions } from './service-spec.ts';

/** What the agent needs of this machine, each thing asked by the code that will use it. */
export interface SelfTestParts {
  /** Path of the stack file; undefined when there is none and the stack is discovered. */
  readonly stackFile: () => string | undefined;
  /** Names of the kubeconfig's contexts. */
  readonly contexts: () => readonly string[];
  /** Names of the engine's clusters. */
  readonly clusters: () => Promise<readonly string[]>;
  /** Runs k3d and gives its path and version. */
  readonly k3d: () => Promise<string>;
  /** Locks the journal for writing, lets it go, and gives its path. */
  readonly journal: () => string;
}

/** An answer to one question of the self-test. */
export interface SelfTestAnswer {
  readonly question: string;
  readonly answer: 'yes' | 'no' | 'could not look';
  /** What was found, or the reason and the next move. */
  readonly evidence: string;
}

interface Asked {
  readonly question: string;
  readonly ask: () => string | Promise<string>;
  /** Whether a failure says no; otherwise only one that no waiting mends. */
  readonly isFinal: boolean;
}

async function answerOf({ question, ask, isFinal }: Asked): Promise<SelfTestAnswer> {
  try {
    return { question, answer: 'yes', evidence: await ask() };
  } catch (error) {
    const lasts = isFinal || (error instanceof ExplainedError && error.lasts);
    return { question, answer: lasts ? 'no' : 'could not look', evidence: causeText(error) };
  }
}

function listed(names: readonly string[], none: string): string {
  return names.length === 0 ? none : names.join(', ');
}

function contextFound(names: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined || names.includes(wanted))
    return wanted ?? listed(names, 'it has no context yet: the cluster will be asked for one');
  throw new ExplainedError({
    what: `There is no context ${wanted}`,
    cause: `known are: ${listed(names, 'none')}`,
    place: 'the kubeconfig',
    next: 'Name one of them with --context.',
  });
}

/**
 * Whether the agent could work here and now, as this user and under these limits; changes nothing. An engine that does
 * not run yet is no fault of the installation.
 */
export async function selfTest(
  parts: SelfTestParts,
  { context }: Pick<ServiceOptions, 'context'>,
): Promise<readonly SelfTestAnswer[]> {
  const questions: readonly Asked[] = [
    {
      question: 'read the stack file',
      ask: () => parts.stackFile() ?? 'there is none: the stack is discovered',
      isFinal: true,
    },
    { question: 'read the kubeconfig', ask: () => contextFound(parts.contexts(), context), isFinal: true },
    {
      question: 'ask the container engine',
      ask: async () => `clusters: ${listed(await parts.clusters(), 'none')}`,
      isFinal: false,
    },
    { question: 'run k3d', ask: () => parts.k3d(), isFinal: true },
    { question: 'write the journal', ask: () => parts.journal(), isFinal: true },
  ];
  return Promise.all(questions.map((question) => answerOf(question)));
}

/** One line a question. */
export function selfTestText(answers: readonly SelfTestAnswer[]): string {
  const width = Math.max(...answers.map(({ question }) => question.length));
  return answers
    .map(({ question, answer, evidence }) => `  ${question.padEnd(width)}  ${answer}: ${evidence}`)
    .join('\n');
}
