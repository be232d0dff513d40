import { defineCheck } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { podLabelsIn, serviceSelects } from '../world/relations.ts';

/** A Service without a selector gets its endpoints from somebody else, as the one of a Patroni leader does. */
export const serviceWithoutPods = defineCheck({
  id: 'service-without-pods',
  title: 'A Service that selects nothing',
  severity: 'high',
  why: 'Whoever asks it gets no answer.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  needs: ['Service', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  judge: (world) =>
    world.services
      .filter(
        (service) =>
          service.fields.spec.type !== 'ExternalName' &&
          Object.keys(service.fields.spec.selector).length > 0 &&
          !podLabelsIn(world, service.ref.namespace).some((labels) => serviceSelects(service, labels)),
      )
      .map(({ ref, fields }) => ({
        object: ref,
        // In files the pods may stand elsewhere.
        severity: world.isLive ? ('high' as const) : ('medium' as const),
        claim: 'No pod has the labels that it selects.',
        evidence: [['spec.selector', JSON.stringify(fields.spec.selector)]],
        advice: {
          say: 'Correct the selector, or delete the Service when nothing uses it.',
          command: kubectl(ref, 'get pods --show-labels'),
        },
      })),
});
