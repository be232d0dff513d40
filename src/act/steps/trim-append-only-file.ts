import { posix } from 'node:path';

import { copyName } from '../../domain/append-only-file.ts';
import type { AppendOnlyVerdict } from '../../domain/append-only-scan.ts';
import type { AppendOnlyFile } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { judgeFile, lookAtAppendOnlyFile } from '../../observe/append-only-file.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';

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

/** The file as it is now, or a sentence why it is not this step's to cut. */
async function fileToTrim(planned: PlannedStep, context: ActContext): Promise<AppendOnlyFile | string> {
  const { namespace = '', name, uid } = planned.target;
  const { container = '', name: fileName = '', path } = planned.parameters;
  const pod = await context.reader.get(`/api/v1/namespaces/${namespace}/pods/${name}`);
  if (pod === undefined || pod.metadata.uid !== uid) return 'the pod was replaced meanwhile';
  const facts = podFacts(pod).containers.find((entry) => entry.name === container);
  if (facts?.state !== 'waiting') return `container ${container} is not waiting any more`;
  const file = await lookAtAppendOnlyFile(context, pod, container, fileName);
  const isPlanned = file.path === path && isSame(file, plannedVerdict(planned));
  return isPlanned ? file : 'the file is not the one that was judged any more';
}

/**
 * Copies the file whole and cuts the NUL bytes off its end. Killed between any two of its calls it leaves the file
 * either untouched or cut where it is whole, and a copy or two; run again it begins anew. The node needs cp, cmp, sync
 * and truncate only: k3s nodes have them from busybox (k3s-io/k3s-root package/busybox/busybox.config), without stat.
 */
export const trimAppendOnlyFile = defineStep({
  name: 'trim-append-only-file',
  proofMs: 10_000,
  precondition: async (planned, context) => {
    const file = await fileToTrim(planned, context);
    return typeof file === 'string' ? file : undefined;
  },
  run: async (planned, context) => {
    const { path = '', node = '' } = planned.parameters;
    const found = await fileToTrim(planned, context);
    if (typeof found === 'string') throw new Error(`${found}; nothing was touched`);
    const { nodeId, size, validUpTo } = found;
    const copy = copyName(path, context.clock.now());
    const onNode = (...argv: readonly string[]) => context.provider.runOnNode(nodeId, argv);
    await onNode('cp', '-p', path, copy);
    await onNode('cmp', path, copy);
    await onNode('sync');
    // The copy is read the way the file was judged: commands on the node and the engine's archive see the same folder.
    const isCopied = isSame(await judgeFile(context, nodeId, copy), plannedVerdict(planned));
    const still = await fileToTrim(planned, context);
    if (!isCopied || typeof still === 'string')
      throw new Error(`${typeof still === 'string' ? still : 'the copy is not the same'}; nothing was cut`);
    await onNode('truncate', '-s', String(validUpTo), path);
    await onNode('sync');
    return `cut the ${size - validUpTo} bytes behind the last complete command off ${posix.basename(path)} on ${node} at byte ${validUpTo}; the whole file is kept as ${copy}`;
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
