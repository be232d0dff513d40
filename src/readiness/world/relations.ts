import { selects } from '../../domain/network-policy.ts';
import { refText, type ObjectRef } from '../../domain/object-ref.ts';
import type { Selector } from './fields.ts';
import type { ServiceFields } from './network.ts';
import type { BudgetFields, AutoscalerFields } from './policy.ts';
import { mountsClaim } from './pod-spec.ts';
import type { Thing } from './thing.ts';
import { staysUp, type Workload } from './workload.ts';
import type { World } from './world.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether two objects are in one namespace. */
export function together(one: ObjectRef, other: ObjectRef): boolean {
  return one.namespace === other.namespace;
}

/** A Service's selector; an empty one selects nothing, because somebody else writes its endpoints (core/v1, ServiceSpec). */
export function serviceSelects({ fields }: Thing<ServiceFields>, labels: Labels): boolean {
  const terms = Object.entries(fields.spec.selector);
  return terms.length > 0 && terms.every(([key, value]) => labels[key] === value);
}

/** Labels that this workload's pods have: as its template gives them, and as somebody has labelled those that are there. */
function labelsOf(world: World, workload: Workload): readonly Labels[] {
  return [workload.podLabels, ...podsOf(world, workload).map(({ labels }) => labels)];
}

/** Services whose selector this workload's pods carry: Patroni for one labels its leader only when it runs. */
export function servicesOf(world: World, workload: Workload): readonly Thing<ServiceFields>[] {
  const labels = labelsOf(world, workload);
  return world.services.filter(
    (service) =>
      together(service.ref, workload.ref) && labels.some((entry) => serviceSelects(service, entry)),
  );
}

/** Workloads behind a Service. */
export function behind(world: World, service: Thing<ServiceFields>): readonly Workload[] {
  return world.workloads.filter(
    (workload) =>
      together(service.ref, workload.ref) &&
      labelsOf(world, workload).some((entry) => serviceSelects(service, entry)),
  );
}

/** A selector without terms selects every pod of its namespace; none at all selects nothing (policy/v1). */
export function matches(selector: Selector | null | undefined, labels: Labels): boolean {
  return selector !== null && selector !== undefined && selects(selector, labels);
}

/** Disruption budgets that cover pods of these labels in the namespace of an object. */
export function budgetsOver(
  { budgets }: World,
  ref: ObjectRef,
  labels: Labels,
): readonly Thing<BudgetFields>[] {
  return budgets.filter(
    (budget) => together(budget.ref, ref) && matches(budget.fields.spec.selector, labels),
  );
}

/** Disruption budgets that cover the pods that this workload makes. */
export function budgetsOf(world: World, { ref, podLabels }: Workload): readonly Thing<BudgetFields>[] {
  return budgetsOver(world, ref, podLabels);
}

/** Autoscalers that set this workload's number of pods. */
export function autoscalersOf({ autoscalers }: World, { ref }: Workload): readonly Thing<AutoscalerFields>[] {
  return autoscalers.filter(({ ref: own, fields }) => {
    const { kind, name } = fields.spec.scaleTargetRef;
    return together(own, ref) && kind === ref.kind && name === ref.name;
  });
}

/** Labels of every pod that is there or would be made, by namespace. */
export function podLabelsIn({ workloads, pods }: World, namespace: string | undefined): readonly Labels[] {
  return [
    ...workloads.filter(({ ref }) => ref.namespace === namespace).map(({ podLabels }) => podLabels),
    ...pods.filter(({ ref }) => ref.namespace === namespace).map(({ labels }) => labels),
  ];
}

/** A claim of a workload that only one node may write; `ReadWriteOncePod` is one, too (core/v1, PersistentVolumeAccessMode). */
export function singleWriterClaim(
  { claims }: World,
  { ref, pod }: Workload,
): World['claims'][number] | undefined {
  return claims.find(
    (claim) =>
      together(claim.ref, ref) &&
      mountsClaim(pod, claim.ref.name) &&
      claim.fields.spec.accessModes.every((mode) => mode.startsWith('ReadWriteOnce')),
  );
}

/** Live pods of a workload. */
export function podsOf({ pods }: World, { ref }: Workload): World['pods'] {
  const own = refText(ref);
  return pods.filter(({ top }) => refText(top) === own);
}

/** Workloads that are meant to serve for as long as they exist. */
export function serving({ workloads }: World): readonly Workload[] {
  return workloads.filter((workload) => staysUp(workload));
}

/** Whether an object of this kind and name is there. */
export function exists({ objects }: World, { kind, name, namespace }: ObjectRef): boolean {
  return objects.some(
    (object) =>
      object.kind === kind &&
      object.metadata.name === name &&
      (namespace === undefined || (object.metadata.namespace ?? 'default') === namespace),
  );
}
