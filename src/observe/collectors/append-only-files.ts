import { damagedFileName } from '../../domain/append-only-file.ts';
import type { AppendOnlyFacts, AppendOnlyFile, CrashFacts, PodFacts } from '../../domain/observation.ts';
import { lookAtAppendOnlyFile } from '../append-only-file.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';

/** A file of 100 MiB costs a second of a machine that is busy recovering, and changes only by somebody's hand, ms. */
const keptMs = 5000;

async function lookAt(
  context: ObserveContext,
  { namespace, name: pod }: PodFacts,
  crash: CrashFacts,
  name: string,
) {
  const object = await context.reader.get(`/api/v1/namespaces/${namespace}/pods/${pod}`);
  if (object === undefined) throw new Error(`pod ${pod} is gone`);
  return lookAtAppendOnlyFile(context, object, crash.container, name);
}

/** The append-only files that Redis could not read by its own last words; every other crash costs no look. */
export async function collectAppendOnlyFiles(
  context: ObserveContext,
  pods: readonly PodFacts[],
  crashes: readonly CrashFacts[],
): Promise<readonly AppendOnlyFacts[]> {
  const damaged = crashes.flatMap((crash) => {
    const name = damagedFileName(crash.lines);
    const pod = pods.find((entry) => entry.name === crash.pod);
    return name === undefined || pod === undefined ? [] : [{ crash, name, pod }];
  });
  return Promise.all(
    damaged.map(async ({ crash, name, pod }) => ({
      pod: crash.pod,
      container: crash.container,
      name,
      file: await context.kept.ask(
        `append-only file ${pod.uid} ${crash.container} ${name}`,
        keptMs,
        () =>
          look<AppendOnlyFile>(context.clock, `${name} of ${pod.name}`, () =>
            lookAt(context, pod, crash, name),
          ),
        (answer) => answer.looked,
      ),
    })),
  );
}
