import { defineCheck } from '../define-check.ts';
import { refText } from '../../domain/object-ref.ts';
import { kubectl, target } from '../judging/commands.ts';
import { keysOf, usageOf } from '../judging/usage.ts';
import { refOf } from '../world/thing.ts';

/** Of objects that are used in part; what nothing uses at all is unused-object. */
export const unusedKey = defineCheck({
  id: 'unused-key',
  title: 'A key that nothing seems to use',
  severity: 'info',
  why: 'A setting that nobody reads is often one that somebody believes to be in force.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods',
  needs: [
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'CronJob',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
    'Ingress',
  ],
  judge: (world) => {
    const usage = usageOf(world);
    return world.objects
      .filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret')
      .flatMap((object) => {
        const ref = refOf(object);
        const used = usage.get(refText(ref));
        if (used === undefined || used.has(undefined)) return [];
        const unused = keysOf(object).filter((key) => !used.has(key));
        if (unused.length === 0) return [];
        return [
          {
            object: ref,
            claim: `Nothing refers to ${unused.join(', ')}.`,
            evidence: unused.map((key) => [`data.${key}`, 'nothing refers to it'] as const),
            advice: {
              say: 'Look whether the setting is meant to be in force.',
              command: kubectl(ref, `describe ${target(ref)}`),
            },
          },
        ];
      });
  },
});
