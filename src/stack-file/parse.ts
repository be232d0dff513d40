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

type Path = readonly PropertyKey[];

/** Something that is wrong, and where in the document. */
interface Problem {
  readonly path: Path;
  readonly text: string;
}

function place(path: Path): string {
  return path.length === 0 ? '(top)' : path.map(String).join('.');
}

/** Unknown keys of one object come as one issue; each is told with its own line. */
function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const where = place(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, text: `${where}: ${issue.message}` }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], text: `${where}: unknown key "${key}"` }));
}

interface Way {
  readonly from: string;
  readonly to: string;
  readonly path: Path;
}

/** A field of anything; undefined where there is none. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Who depends on whom, as far as it can be read: whatever else is wrong with the file must not hide a circle. */
function ways(data: unknown): readonly Way[] {
  return elements(field(field(data, 'spec'), 'components')).flatMap((component, index) => {
    const ref = field(component, 'ref');
    const from = `${String(field(ref, 'kind'))}/${String(field(ref, 'name'))}`;
    return elements(field(component, 'dependsOn')).map((to, at) => ({
      from,
      to: String(to),
      path: ['spec', 'components', index, 'dependsOn', at],
    }));
  });
}

/** Every circle, at the entry that closes it; each is told once. */
function cycleProblems(left: readonly Way[]): readonly Problem[] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of left) edges.set(from, [...(edges.get(from) ?? []), to]);
  const cycle = dependencyCycle(edges);
  if (cycle === undefined) return [];
  const closing = left.findLast(({ from, to }) => from === cycle.at(-2) && to === cycle.at(-1));
  const problem = {
    path: closing?.path ?? ['spec', 'components'],
    text: `spec.components: dependsOn goes in a circle: ${cycle.join(' -> ')}`,
  };
  const rest = left.filter((way) => way !== closing);
  return [problem, ...(rest.length < left.length ? cycleProblems(rest) : [])];
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
  const data = plainData(document, file);
  const parsed = stackFileSchema.safeParse(data);
  const lineOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const range = (node as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
    }
    return 1;
  };
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(problemsOf)),
    ...cycleProblems(ways(data)),
  ];
  if (parsed.success && problems.length === 0) return parsed.data;
  const told = problems.map((problem) => ({ line: lineOf(problem.path), text: problem.text }));
  throw new StackFileInvalid(
    file,
    told.toSorted((a, b) => a.line - b.line).map(({ line, text: what }) => `line ${line}: ${what}`),
  );
}
