import { paragraphs } from './markdown.ts';
import { afterwards, prove, switchDns, wayBack } from './runbook-after.ts';
import { checks, numbers, variables } from './runbook-before.ts';
import type { RunbookContext } from './runbook-context.ts';
import { compare, dump, freeze, moveFiles, restore } from './runbook-move.ts';

/** The cut-over, step by step: `cut-over.md`. */
export function runbookText(context: RunbookContext): string {
  const { title, old } = context;
  const databases = Object.keys(old.cluster?.databases ?? {});
  const several =
    databases.length > 1
      ? `The stack has ${databases.length} databases (${databases.join(', ')}). The commands name the first; steps 3 to 5 are done for each.`
      : '';
  return paragraphs(
    `# Cut-over to ${title}`,
    '**Nobody has run this runbook.** It was written from the manifests and was never tried against a cloud: the rehearsal is what tries it.',
    'Two people: one types, one reads along and keeps the times. Each step says what must come out of it; when something else does, stop there, and take “The way back”.',
    several,
    old.cluster === undefined
      ? 'The export has no database of the Zalando operator: where a command would depend on how yours is run, the text says so and you fill it in before the day.'
      : '',
    numbers(context),
    variables(context),
    checks(context),
    freeze(context),
    moveFiles(context),
    dump(context),
    restore(context),
    compare(context),
    prove(context),
    switchDns(context),
    wayBack(context),
    afterwards(context),
  );
}
