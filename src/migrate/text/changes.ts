import type { Bench, Change, Task } from '../bench.ts';
import { code, paragraphs, table } from './markdown.ts';

function section(object: string, changes: readonly Change[]): string {
  const rows = changes.map(({ where, before, after, why }) => [code(where), code(before), code(after), why]);
  return paragraphs(`## ${object}`, table(['Field', 'Before', 'After', 'Why'], rows));
}

/** Everything that was rewritten, object by object: `changes.md`. */
export function changesText({ changes }: Bench, title: string): string {
  const objects = [...new Set(changes.map(({ object }) => object))];
  const parts = objects.map((object) =>
    section(
      object,
      changes.filter((change) => change.object === object),
    ),
  );
  return paragraphs(
    `# What is different on ${title}, and why`,
    'Names in capitals stand for values that the infrastructure program gives (`settings.env`). Each row is also above its operation in the patch.',
    ...parts,
  );
}

function taskText({ object, what, how }: Task): string {
  const isCommand = /^(scripts\/|openssl |kubectl |helm )/.test(how);
  return `- [ ] **${object}** ${what}\n  ${isCommand ? code(how) : how}`;
}

/** What only a person can do: `tasks.md`. */
export function tasksText({ tasks }: Bench, unread: readonly string[]): string {
  const rules = [...new Set(tasks.map(({ rule }) => rule))];
  const lists = rules.map((rule) =>
    paragraphs(
      `## ${rule}`,
      tasks
        .filter((task) => task.rule === rule)
        .map(taskText)
        .join('\n'),
    ),
  );
  const blind =
    unread.length === 0
      ? ''
      : paragraphs(
          '## Not read',
          'Of these parts of the export nothing is known; what they change may be missing in this folder.',
          unread.map((line) => `- [ ] ${line}`).join('\n'),
        );
  const head =
    tasks.length === 0
      ? 'Nothing was found that cannot be rewritten automatically.'
      : 'Found in the stack, and not to be rewritten automatically. Each is done, or decided against, before the cut-over.';
  return paragraphs('# Tasks for a person', head, blind, ...lists);
}
