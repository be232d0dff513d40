import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

import { dependencyCycle } from '../domain/dependency-cycle.ts';
import { causeText } from '../record/explained-error.ts';
import { stackFileSchema, type StackFile } from './schema.ts';

/** Everything that is wrong with a stack file, at once: each line has its place and what to do. */
export class StackFileInvalid extends Error {
  readonly problems: readonly string[];
  constructor(file: string, problems: readonly string[]) {
    const list = problems.map((problem) => `  ${problem}`).join('\n');
    super(`${file} is not a valid stack file. Correct these ${problems.length} and try again:\n${list}`);
    this.name = 'StackFileInvalid';
    this.problems = problems;
  }
}

type Issue = z.core.$ZodIssue;

function place(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '(top)' : path.map(String).join('.');
}

function sentence(issue: Issue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  return issue.message;
}

function cycleProblems(file: StackFile): readonly string[] {
  const components = file.spec.components ?? [];
  const edges = new Map(components.map(({ ref, dependsOn }) => [`${ref.kind}/${ref.name}`, dependsOn ?? []]));
  const cycle = dependencyCycle(edges);
  return cycle === undefined ? [] : [`spec.components: dependsOn goes in a circle: ${cycle.join(' -> ')}`];
}

/** The document as plain data. Aliases are resolved here, which fails for one without an anchor and for too many. */
function plainData(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new StackFileInvalid(file, [`(top): ${causeText(error)}; write the values out`]);
  }
}

/** Parses the text of a stack file. Throws StackFileInvalid with every problem, its path and its line. */
export function parseStackFile(text: string, file: string): StackFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new StackFileInvalid(
      file,
      document.errors.map(
        (error) => `line ${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0] ?? ''}`,
      ),
    );
  }
  const parsed = stackFileSchema.safeParse(plainData(document, file));
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const range = (node as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
    }
    return 1;
  };
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
      return `line ${lineOf(path)}: ${place(issue.path)}: ${sentence(issue)}`;
    });
    throw new StackFileInvalid(file, problems);
  }
  const cycles = cycleProblems(parsed.data);
  if (cycles.length > 0) throw new StackFileInvalid(file, cycles);
  return parsed.data;
}
