import { isFields, isSame, itemsOf, type Fields } from '../../harden/fields/fields.ts';
import type { Asked } from './asked.ts';

/** Takes out of one kind's object what the cluster has assigned to it; gets the specification, or the object where it has none. */
type Unassign = (part: Fields, set: Asked, object: Fields) => Fields;

/** The fields without those that are named, but for those that somebody has set. */
function without(part: Fields, names: readonly string[], set: Asked): Fields {
  return Object.fromEntries(
    Object.entries(part).filter(([name]) => !names.includes(name) || set.field(name).yes),
  );
}

const families = (spec: Fields) => (Array.isArray(spec['ipFamilies']) ? spec['ipFamilies'].length : 0);

/** Addresses and node ports that the cluster has chosen. `None` is no address but a wish (kubernetes.io, Headless Services). */
const ofService: Unassign = (spec, set) => {
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

/** Which volume a claim got; the newer of two names of its source, which the API server fills in. */
const ofClaim: Unassign = (spec, set) =>
  without(
    spec,
    ['volumeName', ...(isSame(spec['dataSource'], spec['dataSourceRef']) ? ['dataSourceRef'] : [])],
    set,
  );

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
const ofAccount: Unassign = (account, set) => without(account, ['secrets'], set);

/** Rules of other roles that a controller has put together (kubernetes.io, Aggregated ClusterRoles). */
const ofRole: Unassign = (role) => {
  if (role['aggregationRule'] === undefined) return role;
  const { rules: _rules, ...kept } = role;
  return kept;
};

/** Some controllers write the authority that a webhook is checked against themselves, where they are asked to. */
const ofWebhooks: Unassign = (part, _set, object) => {
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  const annotations = isFields(metadata['annotations']) ? Object.keys(metadata['annotations']) : [];
  const isInjected = annotations.some((name) => name.startsWith('cert-manager.io/inject-'));
  if (!isInjected) return part;
  const webhooks = itemsOf(part['webhooks']).map((webhook) => {
    const { caBundle: _bundle, ...clientConfig } = isFields(webhook['clientConfig']) ? webhook['clientConfig'] : {};
    return Object.assign({}, webhook, { clientConfig });
  });
  return { ...part, webhooks };
};

const ofSpec: Readonly<Record<string, Unassign>> = {
  Service: ofService,
  PersistentVolumeClaim: ofClaim,
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

const native = /^(v1|apps\/|batch\/|rbac\.authorization\.k8s\.io\/|admissionregistration\.k8s\.io\/)/;

/**
 * The object without what the cluster has assigned to it and would assign anew: addresses, ports, volumes, uids. What somebody
 * has set by himself stays. `set`: whoever set fields, by `setByAnybody`.
 */
export function withoutAssigned(object: Fields, set: Asked): Fields {
  const kind = String(object['kind']);
  if (!native.test(String(object['apiVersion']))) return object;
  const spec = object['spec'];
  const inSpec = ofSpec[kind];
  if (inSpec !== undefined && isFields(spec)) {
    const left = inSpec(spec, set.field('spec'), object);
    const { spec: _spec, ...others } = object;
    const whole = Object.keys(left).length === 0 ? others : { ...object, spec: left };
    return kind === 'Job' ? withoutJobMarks(whole) : whole;
  }
  return ofObject[kind]?.(object, set, object) ?? object;
}
