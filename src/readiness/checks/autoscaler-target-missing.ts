import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { exists } from '../world/relations.ts';

/** autoscaling/v2, CrossVersionObjectReference. */
export const autoscalerTargetMissing = defineCheck({
  id: 'autoscaler-target-missing',
  title: 'An autoscaler of something that is not there',
  severity: 'medium',
  why: 'Nothing is scaled, and whoever sees the autoscaler believes that it is.',
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  needs: ['HorizontalPodAutoscaler', 'Deployment', 'StatefulSet', 'ReplicaSet'],
  judge: (world) =>
    world.autoscalers
      .filter(({ ref, fields }) => {
        const { kind, name } = fields.spec.scaleTargetRef;
        // Other kinds are of custom resources, which are not read.
        const isKnown = ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(kind);
        return isKnown && !exists(world, { kind, name, namespace: ref.namespace ?? '' });
      })
      .map(({ ref, fields }) => {
        const { kind, name } = fields.spec.scaleTargetRef;
        return {
          object: ref,
          claim: `${kind} ${name} is not ${world.isLive ? 'there' : 'in these files'}.`,
          evidence: [['spec.scaleTargetRef', `${kind} ${name}`]],
          advice: { say: 'Name what it should scale, or delete it.', command: edit(ref) },
        };
      }),
});
