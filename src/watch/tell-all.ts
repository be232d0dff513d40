import { oneLine } from '../observe/look.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';

/** Hands a notice to every way there is, side by side; one that fails is said and keeps none of the others. */
export async function tellAll(
  notifiers: readonly Notifier[],
  notice: Notice,
  say: (line: string) => void,
): Promise<void> {
  await Promise.all(
    notifiers.map(async ({ way, notify }) => {
      try {
        await notify(notice);
      } catch (error) {
        say(`the notice could not be handed over (${way}): ${oneLine(error)}`);
      }
    }),
  );
}
