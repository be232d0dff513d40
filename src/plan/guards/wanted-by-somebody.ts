import { defineGuard } from './define-guard.ts';

/** What a person scaled to 0 stays so until a person takes it back; the cluster's own DNS is the exception. */
export const wantedBySomebody = defineGuard({
  id: 'wanted-by-somebody',
  judge: (step) => {
    if (step.step !== 'scale-up' || step.because === 'dns-scaled-to-zero') return undefined;
    const { kind, namespace = '', name } = step.target;
    const replicas = step.parameters['replicas'] ?? '1';
    return {
      reason: `${name} is scaled to 0, and somebody wants it so.`,
      advice: `To take it back: kubectl -n ${namespace} scale ${kind.toLowerCase()}/${name} --replicas=${replicas}`,
      kind: 'human',
    };
  },
});
