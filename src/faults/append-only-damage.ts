import { damagedFileName } from '../domain/append-only-file.ts';
import { couldNotLook, seen, type Looked } from '../domain/looked.ts';
import type { AppendOnlyFile, ContainerFacts, Observation, PodFacts } from '../domain/observation.ts';

/** An append-only file that a waiting container died of, and what a look at it gave. */
export interface AppendOnlyDamage {
  readonly name: string;
  readonly file: Looked<AppendOnlyFile>;
  /** The line of the log that says so. */
  readonly words: string;
}

/**
 * The damage that keeps this container down. Undefined when it died of something else, or when the file was seen to
 * be whole since: then only the back-off is left.
 */
export function appendOnlyDamage(
  observation: Observation,
  pod: PodFacts,
  container: ContainerFacts,
): AppendOnlyDamage | undefined {
  if (container.state !== 'waiting') return undefined;
  const isIts = (entry: { readonly pod: string; readonly container: string }) =>
    entry.pod === pod.name && entry.container === container.name;
  const lines = seen(observation.crashes)?.find(isIts)?.lines.split('\n') ?? [];
  const words = lines.findLast((line) => damagedFileName(line) !== undefined) ?? '';
  const name = damagedFileName(words);
  if (name === undefined) return undefined;
  const notLooked = couldNotLook<AppendOnlyFile>('nobody looked', 'append-only files', observation.at);
  const file = seen(observation.appendOnlyFiles)?.find(isIts)?.file ?? notLooked;
  return seen(file)?.tail === 'none' ? undefined : { name, file, words: words.trim() };
}
