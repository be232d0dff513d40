import type { Fields } from './fields/fields.ts';
import type { ContainerSpec } from './workload-spec.ts';

/**
 * An init container of the image that the pod runs anyway, so that nothing is pulled: with the same rights and requests as
 * that container. What the kubelet shows of its end are its last words (kubernetes.io, Determine the Reason for Pod Failure).
 */
export function guardContainer(name: string, of: ContainerSpec, command: readonly string[]): Fields {
  const { image, imagePullPolicy, securityContext, resources } = of;
  const hasResources = resources !== undefined && Object.keys(resources).length > 0;
  return {
    name,
    image,
    ...(imagePullPolicy !== undefined && { imagePullPolicy }),
    command: [...command],
    ...(securityContext !== undefined && { securityContext }),
    ...(hasResources && { resources }),
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/** What every such init container has in common, for those who review it. */
export const guardLimits = (container: string): readonly string[] => [
  'Init containers run when a pod is made or its sandbox is made anew, as after a boot; not when a container alone starts again.',
  `It uses the image of container ${container} as it is now. After that image was changed, run \`rekindle harden\` again: the old one may be removed from the nodes.`,
];
