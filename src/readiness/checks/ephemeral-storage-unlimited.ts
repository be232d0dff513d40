import { defineCheck } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { eachContainer, fieldOf } from '../judging/subjects.ts';

/** Logs, the writable layer and emptyDir volumes on disk count (kubernetes.io, Local ephemeral storage). */
export const ephemeralStorageUnlimited = defineCheck({
  id: 'ephemeral-storage-unlimited',
  title: 'No limit for files that a container writes beside its volumes',
  severity: 'low',
  why: 'Here all nodes share one disk: a container that writes logs or temporary files without end fills it for the database as well.',
  source: 'https://kubernetes.io/docs/concepts/storage/ephemeral-storage/',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    eachContainer(world, (subject) => {
      const { workload, container } = subject;
      const { requests, limits } = container.resources;
      const name = 'ephemeral-storage';
      const missing = [
        ...(requests[name] === undefined ? ['requests'] : []),
        ...(limits[name] === undefined ? ['limits'] : []),
      ];
      if (missing.length === 0) return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim: `Container ${container.name} may fill its node's disk.`,
        evidence: missing.map((kind) => [fieldOf(subject, `resources.${kind}.${name}`), 'not set'] as const),
        advice: {
          say: 'Set a request and a limit for ephemeral-storage.',
          command: kubectl(
            workload.ref,
            `set resources ${target(workload.ref)} --containers=${container.name} --requests=${name}=VALUE --limits=${name}=VALUE`,
          ),
        },
      };
    }),
});
