import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

import { causeText } from '../record/explained-error.ts';

export type Path = readonly PropertyKey[];

/** Something that is wrong, and where in the document. */
export interface Problem {
  readonly path: Path;
  readonly text: string;
}

/** The document as its schema has it, or everything that is wrong with it: each problem with its line and path. */
export type Checked<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly problems: readonly string[] };

function place(path: Path): string {
  return path.length === 0 ? '(top)' : path.map(String).join('.');
}

/** Unknown keys of one object come as one issue; each is told with its own line. */
function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const where = place(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, text: `${where}: ${issue.message}` }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], text: `${where}: unknown key "${key}"` }));
}

/** The document as plain data, or why it is none. Aliases are resolved here, which fails for one without an anchor and for too many. */
function plainData(document: ReturnType<typeof parseDocument>): Checked<unknown> {
  try {
    return { ok: true, data: document.toJS() };
  } catch (error) {
    return { ok: false, problems: [`(top): ${causeText(error)}; write the values out`] };
  }
}

/** Reads one YAML document by its schema. `others` finds what a schema cannot say, in data that may be anything. */
export function checkedYaml<T>(
  text: string,
  schema: z.ZodType<T>,
  others: (data: unknown) => readonly Problem[] = () => [],
): Checked<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      (error) => `line ${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0] ?? ''}`,
    );
    return { ok: false, problems };
  }
  const plain = plainData(document);
  if (!plain.ok) return plain;
  const parsed = schema.safeParse(plain.data);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(problemsOf)),
    ...others(plain.data),
  ];
  if (parsed.success && problems.length === 0) return { ok: true, data: parsed.data };
  const lineOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      const range = (node as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
    }
    return 1;
  };
  const told = problems.map((problem) => ({ line: lineOf(problem.path), text: problem.text }));
  return {
    ok: false,
    problems: told.toSorted((a, b) => a.line - b.line).map(({ line, text: what }) => `line ${line}: ${what}`),
  };
}
