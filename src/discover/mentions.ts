import type { Inventory } from './inventory.ts';
import type { ContainerInputs, Workload } from './workload-shape.ts';

/** A text in which the name of a Service may stand, and where it comes from. Never shown itself: it may hold a password. */
export interface Mention {
  readonly text: string;
  readonly where: string;
}

/** Variables that list who may come in, not whom to call. */
const admits = /ALLOWED|CORS|CSRF|TRUSTED|SERVER_NAME/i;

function ofContainer(
  { title, words, env, envConfigMaps }: ContainerInputs,
  { configMaps }: Inventory,
): readonly Mention[] {
  const variables = env.flatMap(({ name, value, valueFrom }): Mention[] => {
    if (admits.test(name)) return [];
    if (value !== undefined) return [{ text: value, where: `${name} of ${title}` }];
    const from = valueFrom?.configMapKeyRef;
    const text = from === undefined ? undefined : configMaps[from.name]?.[from.key];
    return text === undefined ? [] : [{ text, where: `${name} of ${title} (ConfigMap ${from?.name ?? ''})` }];
  });
  const whole = envConfigMaps.flatMap((map) =>
    Object.entries(configMaps[map] ?? {})
      .filter(([key]) => !admits.test(key))
      .map(([key, text]): Mention => ({ text, where: `${key} of ${title} (ConfigMap ${map})` })),
  );
  return [...variables, ...whole, { text: words.join('\n'), where: `the command of ${title}` }];
}

/** What its containers are told: environment and commands, those of init containers too. */
export function containerMentions(workload: Workload, inventory: Inventory): readonly Mention[] {
  return workload.containers.flatMap((container) => ofContainer(container, inventory));
}

/** What stands in the files of its mounted ConfigMaps. */
export function fileMentions({ configVolumes }: Workload, { configMaps }: Inventory): readonly Mention[] {
  return configVolumes.flatMap((map) =>
    Object.entries(configMaps[map] ?? {}).map(([key, text]) => ({
      text,
      where: `${key} of ConfigMap ${map}`,
    })),
  );
}

/** Whether the Service of this namespace is named in the text: as a word, not as a part of another host's name. */
export function names(text: string, service: string, namespace: string): boolean {
  const [name, space] = [service, namespace].map((part) =>
    part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
  );
  const elsewhere = String.raw`\.(?!${space ?? ''}(?![a-z0-9-]))[a-z0-9]`;
  return new RegExp(`(^|[^a-z0-9-])${name ?? ''}(?![a-z0-9-])(?!${elsewhere})`, 'm').test(text);
}
