import type { Check, Variable } from './model.ts';
import { aligned, quoted, valueText } from './hcl-values.ts';

function condition(name: string, check: Check): { readonly test: string; readonly says: string } {
  if ('oneOf' in check) {
    const list = `[${check.oneOf.map(quoted).join(', ')}]`;
    return { test: `contains(${list}, var.${name})`, says: `One of: ${check.oneOf.join(', ')}.` };
  }
  if ('matches' in check)
    return { test: `can(regex(${quoted(check.matches)}, var.${name}))`, says: check.says };
  const all = `alltrue([for one in var.${name} : can(regex(${quoted(check.eachMatches)}, one))])`;
  return { test: `length(distinct(var.${name})) == ${check.count} && ${all}`, says: check.says };
}

/** A variable with its type, its description and what its value must be like. */
export function variableText({ name, type, description, default: usual, check }: Variable): string {
  const fields = [
    { name: 'type', value: type },
    { name: 'description', value: quoted(description) },
    ...(usual === undefined ? [] : [{ name: 'default', value: valueText(new Map(), usual, '  ') }]),
    { name: 'nullable', value: 'false' },
  ];
  const rule = check === undefined ? undefined : condition(name, check);
  const validation =
    rule === undefined
      ? ''
      : `\n  validation {\n${aligned(
          [
            { name: 'condition', value: rule.test },
            { name: 'error_message', value: quoted(rule.says) },
          ],
          '    ',
        )}  }\n`;
  return `variable "${name}" {\n${aligned(fields, '  ')}${validation}}\n`;
}
