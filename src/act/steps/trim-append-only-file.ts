import { posix } from 'node:path';

import { copyName } from '../../domain/append-only-file.ts';
import type { AppendOnlyVerdict } from '../../domain/append-only-scan.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import {
  type AppendOnlyPlace,
  findAppendOnlyFile,
  judgeFile,
  lookAtAppendOnlyFile,
} from '../../observe/append-only-file.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { NothingTouched } from '../nothing-touched.ts';

/** The verdict that the step was planned on, from its parameters. */
function plannedVerdict({ parameters }: PlannedStep): AppendOnlyVerdict {
  return { size: Number(parameters['size']), validUpTo: Number(parameters['validUpTo']), tail: 'nul' };
}

function isSame(verdict: AppendOnlyVerdict, planned: AppendOnlyVerdict): boolean {
  return (
    verdict.size === planned.size &&
    verdict.validUpTo === planned.validUpTo &&
    verdict.tail === planned.tail &&
    planned.validUpTo > 0
  );
}

/** Where the file lies, or a sentence why it is not this step's to cut. */
async function placeOf(planned: PlannedStep, context: ActContext): Promise<AppendOnlyPlace | string> {
  const { namespace = '', name, uid } = planned.target;
  const { container = '', name: fileName = '', path } = planned.parameters;
  const pod = await context.reader.get(`/api/v1/namespaces/${namespace}/pods/${name}`);
  if (pod === undefined || pod.metadata.uid !== uid) return 'the pod was replaced meanwhile';
  const facts = podFacts(pod).containers.find((entry) => entry.name === container);
  if (facts?.state !== 'waiting') return `container ${container} is not waiting any more`;
  const place = await findAppendOnlyFile(context, pod, container, fileName);
  return place.path === path ? place : 'the file lies elsewhere by now';
}

/**
 * Copies the file whole and cuts the NUL bytes off its end. The copy is judged, and the file is cut while it is the same
 * as the copy: reading a file through the engine takes a second or more on a machine on which everything starts. Killed between any two of its calls it leaves the file
 * either untouched or cut where it is whole, and a copy or two; run again it begins anew. The node needs cp, cmp, sync
 * and truncate only: k3s nodes have them from busybox (k3s-io/k3s-root package/busybox/busybox.config), without stat.
 */
export const trimAppendOnlyFile = defineStep({
  name: 'trim-append-only-file',
  proofMs: 10_000,
  precondition: async (planned, context) => {
    const place = await placeOf(planned, context);
    return typeof place === 'string' ? place : undefined;
  },
  run: async (planned, context) => {
    const { path = '', node = '' } = planned.parameters;
    const verdict = plannedVerdict(planned);
    const place = await placeOf(planned, context);
    if (typeof place === 'string') throw new NothingTouched(place);
    const { nodeId } = place;
    const copy = copyName(path, context.clock.now());
    const onNode = (...argv: readonly string[]) => context.provider.runOnNode(nodeId, argv);
    await onNode('cp', '-p', path, copy);
    await onNode('sync');
    // The copy is read the way the file was judged: commands on the node and the engine's archive see the same folder.
    if (!isSame(await judgeFile(context, nodeId, copy), verdict))
      throw new NothingTouched('the copy is not what was judged', 'nothing was cut');
    const still = await placeOf(planned, context);
    if (typeof still === 'string') throw new NothingTouched(still, 'nothing was cut');
    await onNode('cmp', path, copy);
    await onNode('truncate', '-s', String(verdict.validUpTo), path);
    await onNode('sync');
    return `cut the ${verdict.size - verdict.validUpTo} bytes behind the last complete command off ${posix.basename(path)} on ${node} at byte ${verdict.validUpTo}; the whole file is kept as ${copy}`;
  },
  probe: async (planned, context) => {
    const { namespace = '', name } = planned.target;
    const { container = '', name: fileName = '' } = planned.parameters;
    const pod = await context.reader.get(`/api/v1/namespaces/${namespace}/pods/${name}`);
    if (pod === undefined) return answer(context, false, `pod ${name} is gone`);
    const { tail, size, validUpTo } = await lookAtAppendOnlyFile(context, pod, container, fileName);
    // A container that started meanwhile may have added commands already.
    const isWhole = tail === 'none' && size >= Number(planned.parameters['validUpTo']);
    return answer(context, isWhole, `${fileName}: ${size} bytes, complete commands up to ${validUpTo}`);
  },
});
