import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import { matches, podLabelsIn } from '../world/relations.ts';

/** A budget without a rule, or for nobody, keeps nothing (policy/v1). */
export const disruptionBudgetIdle = defineCheck({
  id: 'disruption-budget-idle',
  title: 'A disruption budget that keeps nothing',
  severity: 'low',
  why: 'Whoever sees it believes that the pods are protected.',
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  needs: ['PodDisruptionBudget', 'Deployment', 'StatefulSet', 'DaemonSet', 'Pod'],
  judge: (world) =>
    world.budgets.flatMap(({ ref, fields }) => {
      const { selector, minAvailable, maxUnavailable } = fields.spec;
      const selected = podLabelsIn(world, ref.namespace).some((labels) => matches(selector, labels));
      const hasRule = (minAvailable ?? maxUnavailable ?? undefined) !== undefined;
      if (selected && hasRule) return [];
      return [
        {
          object: ref,
          claim: selected
            ? 'It says neither how many pods must stay nor how many may go.'
            : 'No pod has the labels that it selects.',
          evidence: selected
            ? ([['spec.minAvailable, spec.maxUnavailable', 'not set']] as const)
            : ([['spec.selector', JSON.stringify(selector ?? 'not set')]] as const),
          advice: { say: 'Correct it or delete it.', command: edit(ref) },
        },
      ];
    }),
});
