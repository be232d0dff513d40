import type { Needs } from '../needs.ts';
import type { SettingName } from '../settings.ts';
import type { Expression, Output, Value } from './model.ts';

/** The file that the overlay is built with, as one output: nothing is typed by hand. */
export function settingsOutput(
  { settings }: Pick<Needs, 'settings'>,
  values: Readonly<Partial<Record<SettingName, Value>>>,
): Output {
  const parts = settings.flatMap((name): readonly (Expression | string)[] => {
    const value = values[name];
    if (value === undefined) throw new Error(`the infrastructure has no value for ${name}`);
    const inner =
      typeof value === 'object' && 'kind' in value && value.kind === 'text'
        ? value.parts
        : [value as Expression | string];
    return [`${name}=`, ...inner, '\n'];
  });
  return {
    name: 'settings_env',
    description: 'The file settings.env of the overlay.',
    value: { kind: 'text', parts },
  };
}
