import { defineCheck, type Draft } from '../define-check.ts';
import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import { kubectl, target } from '../judging/commands.ts';
import { meant, referencesOf, type Reference } from '../judging/references.ts';
import { podField } from '../judging/subjects.ts';
import { keysOf } from '../judging/usage.ts';
import type { Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';
import { refOf } from '../world/thing.ts';

function find({ objects }: World, ref: ObjectRef) {
  const text = refText(ref);
  return objects.find((object) => refText(refOf(object)) === text);
}

function troubleOf(world: World, workload: Workload, reference: Reference): string | undefined {
  const object = find(world, meant(reference, workload.ref));
  const { kind, name, key } = reference;
  if (object === undefined) return `${kind} ${name} is not ${world.isLive ? 'there' : 'in these files'}`;
  if (key === undefined || keysOf(object).includes(key)) return undefined;
  return `${kind} ${name} has no key ${key}`;
}

function ofConfiguration(world: World, workload: Workload): readonly Draft[] {
  const found = new Map<string, Draft>();
  for (const reference of referencesOf(workload)) {
    const trouble = troubleOf(world, workload, reference);
    if (trouble === undefined || reference.isOptional) continue;
    found.set(trouble, {
      object: workload.ref,
      // Somebody else may make it: an operator, a person, another folder.
      severity: world.isLive && !reference.isForImages ? 'high' : 'medium',
      // The kubelet then asks the registry as nobody (kubernetes.io, Images, Using a private registry).
      claim: `${trouble}: ${reference.isForImages ? 'an image that a node lacks may not be fetched' : 'its next pod cannot start'}.`,
      evidence: [
        [
          reference.field,
          `${reference.kind} ${reference.name}${reference.key === undefined ? '' : `, key ${reference.key}`}`,
        ],
        ...(found.get(trouble)?.evidence ?? []),
      ],
      advice: {
        say: 'Make it, or say that it is optional.',
        command: kubectl(workload.ref, `get ${target(meant(reference, workload.ref))}`),
      },
    });
  }
  return [...found.values()];
}

function ofAccount(world: World, workload: Workload): readonly Draft[] {
  const { ref, pod } = workload;
  const name = pod.serviceAccountName ?? 'default';
  const account = { kind: 'ServiceAccount', name, namespace: ref.namespace ?? '' };
  // The controllers make the default one in every namespace.
  if (name === 'default' || find(world, account) !== undefined) return [];
  return [
    {
      object: ref,
      severity: world.isLive ? 'high' : 'medium',
      claim: `ServiceAccount ${name} is not ${world.isLive ? 'there: its next pod is refused' : 'in these files'}.`,
      evidence: [[`${podField(workload)}.serviceAccountName`, name]],
      advice: { say: 'Make it.', command: kubectl(ref, `create serviceaccount ${name}`) },
    },
  ];
}

/** Of pods that run already nothing is noticed until they start anew (kubernetes.io, Secrets; ConfigMaps). */
export const referenceMissing = defineCheck({
  id: 'reference-missing',
  title: 'Something that pods need is not there',
  severity: 'high',
  why: 'The pods that run do not notice it; the next start, which a loss of power makes, waits for ever.',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-exist',
  needs: [
    'Pod',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Job',
    'CronJob',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
  ],
  judge: (world) =>
    world.workloads.flatMap((workload) => [
      ...ofConfiguration(world, workload),
      ...ofAccount(world, workload),
    ]),
});
