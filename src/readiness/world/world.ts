import type { z } from 'zod';

import { seen } from '../../domain/looked.ts';
import { refText } from '../../domain/object-ref.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { kindNames, type Kind } from './kinds.ts';
import {
  endpointSliceShape,
  ingressShape,
  policyShape,
  serviceShape,
  type EndpointSliceFields,
  type IngressFields,
  type PolicyFields,
  type ServiceFields,
} from './network.ts';
import { nodeShape, type NodeFields } from './node.ts';
import { isControlled, Owners } from './owners.ts';
import { podOf, type Pod } from './pod.ts';
import {
  autoscalerShape,
  budgetShape,
  limitRangeShape,
  quotaShape,
  type AutoscalerFields,
  type BudgetFields,
  type LimitRangeFields,
  type QuotaFields,
} from './policy.ts';
import type { Place, ProbeAnswer, Snapshot, VolumeUse } from './snapshot.ts';
import {
  claimShape,
  storageClassShape,
  volumeShape,
  type ClaimFields,
  type StorageClassFields,
  type VolumeFields,
} from './storage.ts';
import { refOf, thingOf, type Thing } from './thing.ts';
import { workloadKinds, workloadOf, type Workload } from './workload.ts';

/** What the checks judge: every object read once, with its fields as the API defaults them. */
export interface World {
  readonly at: number;
  readonly isLive: boolean;
  /** Namespaces whose objects were read: of others nothing is known. */
  readonly namespaces: readonly string[];
  readonly workloads: readonly Workload[];
  /** Only of a running cluster; pods that were written down are workloads. */
  readonly pods: readonly Pod[];
  readonly services: readonly Thing<ServiceFields>[];
  readonly endpointSlices: readonly Thing<EndpointSliceFields>[];
  readonly ingresses: readonly Thing<IngressFields>[];
  readonly policies: readonly Thing<PolicyFields>[];
  readonly budgets: readonly Thing<BudgetFields>[];
  readonly autoscalers: readonly Thing<AutoscalerFields>[];
  readonly quotas: readonly Thing<QuotaFields>[];
  readonly limitRanges: readonly Thing<LimitRangeFields>[];
  readonly claims: readonly Thing<ClaimFields>[];
  readonly volumes: readonly Thing<VolumeFields>[];
  readonly storageClasses: readonly Thing<StorageClassFields>[];
  readonly nodes: readonly Thing<NodeFields>[];
  /** Every object as it was read, of every kind. */
  readonly objects: readonly KubeObject[];
  readonly places: ReadonlyMap<string, Place>;
  readonly answers: readonly ProbeAnswer[];
  readonly uses: readonly VolumeUse[];
  /** Objects that are not what they say they are, with the reason. */
  readonly unread: Snapshot['unread'];
}

/** Reads objects with a shape and keeps the reason for each that does not fit. */
class Reader {
  readonly unread: { object: string; why: string }[];
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.unread = [...snapshot.unread];
  }

  objects(kind: Kind): readonly KubeObject[] {
    return seen(this.#snapshot.objects[kind]) ?? [];
  }

  each<T>(objects: readonly KubeObject[], read: (object: KubeObject) => T): readonly T[] {
    return objects.flatMap((object) => {
      try {
        return [read(object)];
      } catch (error) {
        this.unread.push({ object: refText(refOf(object)), why: plainLine(reasonOf(error)) });
        return [];
      }
    });
  }

  things<Shape extends z.ZodType>(kind: Kind, shape: Shape): readonly Thing<z.output<Shape>>[] {
    return this.each(this.objects(kind), (object) => thingOf(object, shape.parse(object)));
  }
}

/** The first problem that zod names, with its path. */
function reasonOf(error: unknown): string {
  const { issues } = error as { issues?: readonly { path: readonly PropertyKey[]; message: string }[] };
  const [first] = issues ?? [];
  if (first === undefined) return error instanceof Error ? error.message : String(error);
  return `${first.path.map(String).join('.')}: ${first.message}`;
}

function workloadsOf(reader: Reader, isLive: boolean): readonly Workload[] {
  return workloadKinds.flatMap((kind) => {
    // What a controller made is judged once, as the controller's.
    const own = reader.objects(kind).filter((object) => !isControlled(object) || isOperators(object));
    const kept = isLive && kind === 'Pod' ? own.filter((object) => !isMirror(object)) : own;
    return reader.each(kept, (object) => {
      const { ref, labels, writer } = thingOf(object, undefined);
      return workloadOf(kind, object, { ref, labels, writer });
    });
  });
}

/** Kinds of Kubernetes itself that make pods, or other things that do. */
const makers: ReadonlySet<string> = new Set([...workloadKinds, 'ReplicationController', 'Node']);

/** What an operator's resource controls has nothing above it that the checks could judge in its place. */
function isOperators({ metadata }: KubeObject): boolean {
  const maker = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return maker !== undefined && !makers.has(maker.kind);
}

/** A static pod, which the kubelet runs from a file of its node (kubernetes.io, Create static Pods). */
function isMirror({ metadata }: KubeObject): boolean {
  return metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

/** Reads everything once. What does not fit its kind is in `unread` and nowhere else. */
export function worldOf(snapshot: Snapshot): World {
  const reader = new Reader(snapshot);
  const isLive = snapshot.source === 'cluster';
  const objects = [...kindNames.flatMap((kind) => reader.objects(kind)), ...snapshot.others];
  const owners = new Owners(objects);
  const workloads = workloadsOf(reader, isLive);
  const pods = isLive
    ? reader.each(reader.objects('Pod'), (object) => {
        const { ref, labels } = thingOf(object, undefined);
        return podOf(object, { ref, labels, top: owners.topOf(object) });
      })
    : [];
  return {
    at: snapshot.at,
    isLive,
    namespaces: snapshot.namespaces,
    workloads,
    pods,
    services: reader.things('Service', serviceShape),
    endpointSlices: reader.things('EndpointSlice', endpointSliceShape),
    ingresses: reader.things('Ingress', ingressShape),
    policies: reader.things('NetworkPolicy', policyShape),
    budgets: reader.things('PodDisruptionBudget', budgetShape),
    autoscalers: reader.things('HorizontalPodAutoscaler', autoscalerShape),
    quotas: reader.things('ResourceQuota', quotaShape),
    limitRanges: reader.things('LimitRange', limitRangeShape),
    claims: reader.things('PersistentVolumeClaim', claimShape),
    volumes: reader.things('PersistentVolume', volumeShape),
    storageClasses: reader.things('StorageClass', storageClassShape),
    nodes: reader.things('Node', nodeShape),
    objects,
    places: snapshot.places,
    answers: seen(snapshot.answers) ?? [],
    uses: seen(snapshot.uses) ?? [],
    unread: reader.unread,
  };
}
