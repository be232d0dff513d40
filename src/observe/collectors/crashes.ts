import { backingOff } from '../../domain/crash-back-off.ts';
import type { CrashFacts, PodFacts } from '../../domain/observation.ts';
import { plainLine } from '../../domain/plain-text.ts';
import { redactUrls } from '../../record/redact.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';

/** So many of them. */
const tailLines = 5;

/** The lines as they can be shown and kept: a program may print a megabyte without a break, and escape sequences. */
function plainWords(log: string): string {
  return log
    .trimEnd()
    .split('\n')
    .slice(-tailLines)
    .map((line) => plainLine(redactUrls(line)))
    .join('\n');
}

/** Reads the last words of containers that wait out a crash back-off; once per crash, they do not change. */
export async function collectCrashes(
  context: ObserveContext,
  pods: readonly PodFacts[],
): Promise<readonly CrashFacts[]> {
  const crashed = pods.flatMap((pod) => backingOff(pod).map((container) => ({ pod, container })));
  const answers = await Promise.all(
    crashed.map(({ pod, container }) =>
      context.kept.ask(
        `crash ${pod.uid} ${container.name} ${container.restartCount}`,
        120_000,
        () =>
          look(context.clock, `log of ${pod.name}`, async () => ({
            pod: pod.name,
            container: container.name,
            lines: plainWords(
              await context.reader.logs({
                namespace: pod.namespace,
                pod: pod.name,
                container: container.name,
                previous: true,
                tailLines,
              }),
            ),
          })),
        (answer) => answer.looked,
      ),
    ),
  );
  return answers.flatMap((answer) => (answer.looked ? [answer.value] : []));
}
