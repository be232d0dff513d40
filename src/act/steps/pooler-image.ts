import type { PlannedStep } from '../../domain/plan.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import { operatorResource, type OperatorResource } from '../../pooler/deployment-shape.ts';
import { imageBeforeAnnotation } from '../../pooler/names.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';

/** The operator looks at its resources at once, and a Deployment replaces two pods in well under this time, ms. */
const rollOutMs = 240_000;

/** Note for "there was no section connectionPooler". */
const absent = 'absent';

/** The operator's resource as it is now. Throws when it is gone or another one. */
async function resource(
  { target: { namespace = '', name, uid } }: PlannedStep,
  { reader }: ActContext,
): Promise<OperatorResource> {
  const object = await reader.get(`/apis/acid.zalan.do/v1/namespaces/${namespace}/postgresqls/${name}`);
  if (object === undefined || object.metadata.uid !== uid)
    throw new Error(`postgresql ${name} is not there any more`);
  return operatorResource(object, imageBeforeAnnotation);
}

function imagesOf(object: KubeObject): readonly string[] {
  const { containers = [] } = (object['spec'] ?? {}) as { containers?: readonly { image?: string }[] };
  return containers.flatMap(({ image }) => image ?? []);
}

/** Why the pooler's pods are not all new yet; undefined when they are. */
async function unfinished(
  { parameters }: PlannedStep,
  context: ActContext,
  isRight: (image: string) => boolean,
): Promise<string | undefined> {
  const pooler = context.stack.poolers.find(({ name }) => name === parameters['pooler']);
  if (pooler === undefined) return 'the pooler is not known any more';
  const objects = await context.reader.list(`/api/v1/namespaces/${pooler.namespace}/pods`);
  const pods = objects.filter((object) => hasLabels(podFacts(object), pooler.podLabels));
  const isDone = (object: KubeObject) => {
    const { ready, deleting } = podFacts(object);
    return ready && !deleting && imagesOf(object).some(isRight);
  };
  const left = pods.filter((object) => !isDone(object)).map(({ metadata }) => metadata.name);
  if (pods.length === 0) return 'it has no pod';
  return left.length === 0 ? undefined : `not yet: ${left.join(', ')}`;
}

/** Names an image for the pooler in the operator's resource, with a note of the one before; the operator does the rest. */
export const usePoolerImage = defineStep({
  name: 'use-pooler-image',
  proofMs: rollOutMs,
  precondition: async () => undefined,
  run: async (planned, context) => {
    const found = await resource(planned, context);
    const { image = '' } = planned.parameters;
    const before = found.before ?? (found.hasSection ? (found.image ?? '') : absent);
    const { namespace = '', name } = planned.target;
    await context.writer.setPoolerImage({ namespace, name, image, before, version: found.version });
    return `spec.connectionPooler.dockerImage is ${image}`;
  },
  probe: async (planned, context) => {
    const left = await unfinished(planned, context, (image) => image === planned.parameters['image']);
    return answer(context, left === undefined, left ?? 'every pod of the pooler runs it and is ready');
  },
});

/** Gives the pooler the image back that it had before this program named one. */
export const restorePoolerImage = defineStep({
  name: 'restore-pooler-image',
  proofMs: rollOutMs,
  precondition: async (planned, context) =>
    (await resource(planned, context)).before === undefined
      ? 'there is no note of an image before'
      : undefined,
  run: async (planned, context) => {
    const { before, version, onlyImage } = await resource(planned, context);
    const { namespace = '', name } = planned.target;
    const image = before === absent || before === '' ? undefined : before;
    const section = before === absent && onlyImage ? ({ section: false } as const) : {};
    await context.writer.setPoolerImage({ namespace, name, image, before: undefined, version, ...section });
    return `spec.connectionPooler.dockerImage is ${image ?? "the operator's own again"}`;
  },
  probe: async (planned, context) => {
    const { before, image } = await resource(planned, context);
    const replaced = planned.parameters['image'];
    const isRight = (one: string) => (image === undefined ? one !== replaced : one === image);
    const left =
      before === undefined ? await unfinished(planned, context, isRight) : 'the note is still there';
    return answer(context, left === undefined, left ?? 'every pod of the pooler runs it and is ready');
  },
});
