import { isFields, isSame, itemsOf, type Fields } from '../../harden/fields/fields.ts';
import { at } from '../collect/uses.ts';
import { isBuiltIn } from '../resource-kind.ts';
import type { Asked } from './asked.ts';

/** What is known of who wrote a part of an object. */
interface Known {
  /** Who has set fields, the cluster's own programs excepted (`setByAnybody`). */
  readonly set: Asked;
  /** What is known to have been asked for (`askedOf`); undefined where nothing is known at all. */
  readonly asked: Asked | undefined;
  readonly object: Fields;
}

/** Takes out of one kind's object what the cluster has assigned to it; gets the specification, or the object where it has none. */
type Unassign = (part: Fields, known: Known) => Fields;

/** The fields without those that are named, but for those that somebody has set. */
function without(part: Fields, names: readonly string[], set: Asked): Fields {
  return Object.fromEntries(
    Object.entries(part).filter(([name]) => !names.includes(name) || set.field(name).yes),
  );
}

const families = (spec: Fields) => (Array.isArray(spec['ipFamilies']) ? spec['ipFamilies'].length : 0);

/** Addresses and node ports that the cluster has chosen. `None` is no address but a wish (kubernetes.io, Headless Services). */
const ofService: Unassign = (spec, { set }) => {
  const isHeadless = spec['clusterIP'] === 'None';
  const isSingle = spec['ipFamilyPolicy'] === 'SingleStack' && families(spec) < 2;
  const names = [
    'clusterIPs',
    'healthCheckNodePort',
    ...(isHeadless ? [] : ['clusterIP']),
    // One address family is what a cluster gives by itself.
    ...(isSingle ? ['ipFamilies', 'ipFamilyPolicy'] : []),
  ];
  const kept = without(spec, names, set);
  if (!Array.isArray(spec['ports'])) return kept;
  const known = set.field('ports');
  return {
    ...kept,
    ports: itemsOf(spec['ports']).map((port, index) => without(port, ['nodePort'], known.item(port, index))),
  };
};

/**
 * Which volume a claim got; the newer of two names of its source, which the API server fills in; a class that admission has
 * chosen, where it is known what was asked for (kubernetes.io, Default StorageClass).
 */
const ofClaim: Unassign = (spec, { set, asked }) => {
  const isFilled = isSame(spec['dataSource'], spec['dataSourceRef']);
  const left = without(spec, ['volumeName', ...(isFilled ? ['dataSourceRef'] : [])], set);
  return asked === undefined ? left : without(left, ['storageClassName'], asked);
};

/** A class that admission has chosen (kubernetes.io, Default IngressClass). */
const ofIngress: Unassign = (spec, { asked }) =>
  asked === undefined ? spec : without(spec, ['ingressClassName'], asked);

/** The claim that a volume is kept for stays by its name; its uid is another one elsewhere. */
const ofVolume: Unassign = (spec) => {
  const claim = spec['claimRef'];
  if (!isFields(claim)) return spec;
  const { name, namespace } = claim;
  return { ...spec, claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace } };
};

const jobMarks = new Set([
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'job-name',
  'batch.kubernetes.io/job-name',
]);

function withoutMarks(marks: unknown): Fields {
  return Object.fromEntries(
    Object.entries(isFields(marks) ? marks : {}).filter(([name]) => !jobMarks.has(name)),
  );
}

/** A Job's selector holds its uid, unless its owner has chosen another one. */
const ofJob: Unassign = (spec) => {
  if (spec['manualSelector'] === true) return spec;
  const { selector: _selector, ...kept } = spec;
  const template = isFields(kept['template']) ? kept['template'] : {};
  const metadata = isFields(template['metadata']) ? template['metadata'] : {};
  const labels = withoutMarks(metadata['labels']);
  return { ...kept, template: { ...template, metadata: { ...metadata, labels } } };
};

/** Claims within a StatefulSet carry a status. */
const ofStatefulSet: Unassign = (spec) => {
  if (!Array.isArray(spec['volumeClaimTemplates'])) return spec;
  const claims = itemsOf(spec['volumeClaimTemplates']).map(({ status: _status, ...claim }) => claim);
  return { ...spec, volumeClaimTemplates: claims };
};

const ofNamespace: Unassign = (spec) => {
  const { finalizers: _finalizers, ...kept } = spec;
  return kept;
};

/** Secrets of tokens that a controller has made for it (before Kubernetes 1.24). */
const ofAccount: Unassign = (account, { set }) => without(account, ['secrets'], set);

/** Rules of other roles that a controller has put together (kubernetes.io, Aggregated ClusterRoles). */
const ofRole: Unassign = (role) => {
  if (role['aggregationRule'] === undefined) return role;
  const { rules: _rules, ...kept } = role;
  return kept;
};

/** Some controllers write the authority that a webhook is checked against themselves, where they are asked to. */
const ofWebhooks: Unassign = (part, { object }) => {
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  const annotations = isFields(metadata['annotations']) ? Object.keys(metadata['annotations']) : [];
  const isInjected = annotations.some((name) => name.startsWith('cert-manager.io/inject-'));
  if (!isInjected) return part;
  const webhooks = itemsOf(part['webhooks']).map((webhook) => {
    const { caBundle: _bundle, ...clientConfig } = isFields(webhook['clientConfig'])
      ? webhook['clientConfig']
      : {};
    return Object.assign({}, webhook, { clientConfig });
  });
  return { ...part, webhooks };
};

const ofSpec: Readonly<Record<string, Unassign>> = {
  Service: ofService,
  PersistentVolumeClaim: ofClaim,
  Ingress: ofIngress,
  PersistentVolume: ofVolume,
  Job: ofJob,
  StatefulSet: ofStatefulSet,
  Namespace: ofNamespace,
};

/** The labels of a Job that was written without any are those of its pods, with the marks of the controller. */
function withoutJobMarks(job: Fields): Fields {
  const metadata = isFields(job['metadata']) ? job['metadata'] : {};
  return { ...job, metadata: { ...metadata, labels: withoutMarks(metadata['labels']) } };
}

const ofObject: Readonly<Record<string, Unassign>> = {
  ServiceAccount: ofAccount,
  ClusterRole: ofRole,
  ValidatingWebhookConfiguration: ofWebhooks,
  MutatingWebhookConfiguration: ofWebhooks,
};

/**
 * The object without what the cluster has assigned to it and would assign anew: addresses, ports, volumes, uids. What somebody
 * has set by himself stays. `set`: whoever set fields, by `setByAnybody`; `asked`: by `askedOf`.
 */
export function withoutAssigned(
  object: Fields,
  { set, asked }: { readonly set: Asked; readonly asked: Asked },
): Fields {
  const kind = String(object['kind']);
  if (!isBuiltIn(object['apiVersion'])) return object;
  const spec = object['spec'];
  const inSpec = ofSpec[kind];
  if (inSpec !== undefined && isFields(spec)) {
    const known = { set: set.field('spec'), asked: asked.yes ? asked.field('spec') : undefined, object };
    const left = inSpec(spec, known);
    const { spec: _spec, ...others } = object;
    const whole = Object.keys(left).length === 0 ? others : { ...object, spec: left };
    return kind === 'Job' ? withoutJobMarks(whole) : whole;
  }
  return ofObject[kind]?.(object, { set, asked, object }) ?? object;
}

/** Kinds whose objects get the labels of their pods where they were written without any (SetDefaults_Job, _ReplicationController). */
const copying = new Set(['Job', 'ReplicationController']);

/** The object without labels that were copied from its pods, unless somebody is known to have asked for them. */
export function withoutCopiedLabels(object: Fields, asked: Asked): Fields {
  if (!copying.has(String(object['kind'])) || !isBuiltIn(object['apiVersion'])) return object;
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  const pods = at(object, 'spec', 'template', 'metadata', 'labels');
  const isCopy = isSame(metadata['labels'], pods) && !asked.field('metadata').field('labels').yes;
  if (!isCopy) return object;
  const { labels: _labels, ...kept } = metadata;
  return { ...object, metadata: kept };
}
