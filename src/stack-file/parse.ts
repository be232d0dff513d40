import { dependencyCycle } from '../domain/dependency-cycle.ts';
import { checkedYaml, type Path, type Problem } from '../yaml-file/checked.ts';
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

/** Parses the text of a stack file. Throws StackFileInvalid with every problem, its path and its line. */
export function parseStackFile(text: string, file: string): StackFile {
  const checked = checkedYaml(text, stackFileSchema, (data) => cycleProblems(ways(data)));
  if (checked.ok) return checked.data;
  throw new StackFileInvalid(file, checked.problems);
}
