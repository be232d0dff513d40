import { defineCheck } from '../define-check.ts';
import { eachServing, fieldOf } from '../judging/subjects.ts';
import { servicesOf } from '../world/relations.ts';

/** A pod without one is Ready as soon as its containers run (kubernetes.io, Pod Lifecycle, Container probes). */
export const readinessProbeMissing = defineCheck({
  id: 'readiness-probe-missing',
  title: 'No readiness probe',
  severity: 'medium',
  why: 'Ready then means no more than that the process was started: Services send users to pods that cannot answer yet, and a rollout goes on over a version that never works.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Service'],
  eachAlone: 'workload',
  judge: (world) =>
    eachServing(world, (subject) => {
      const { workload, container } = subject;
      if (container.readinessProbe) return undefined;
      const services = servicesOf(world, workload);
      const [service] = services;
      const isServed = service !== undefined;
      return {
        object: workload.ref,
        container: container.name,
        severity: isServed ? 'medium' : 'low',
        claim: isServed
          ? `Service ${service.ref.name} sends users to ${container.name} whether it can answer or not.`
          : `Whether ${container.name} works is not known to anybody: a rollout goes on as soon as it was started.`,
        evidence: [
          [fieldOf(subject, 'readinessProbe'), 'not set'],
          ...services.map(({ ref }) => ['spec.selector', 'selects these pods', ref] as const),
        ],
        advice: {
          say: 'Add a readiness probe that asks for something which only works when it works.',
          command: 'rekindle harden',
        },
      };
    }),
});
