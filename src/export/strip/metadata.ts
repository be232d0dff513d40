import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { lastAppliedAnnotation, type Asked } from './asked.ts';

/** Annotations and labels that controllers and tools write for themselves; with a slash at its end: everything below it. */
const written: readonly string[] = [
  lastAppliedAnnotation,
  // Trace of an action, no wish: `kubectl rollout restart`.
  'kubectl.kubernetes.io/restartedAt',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
  'autoscaling.alpha.kubernetes.io/',
  'batch.kubernetes.io/job-tracking',
  'batch.kubernetes.io/cronjob-scheduled-timestamp',
  'control-plane.alpha.kubernetes.io/leader',
  'endpoints.kubernetes.io/last-change-trigger-time',
  'pv.kubernetes.io/bind-completed',
  'pv.kubernetes.io/bound-by-controller',
  'volume.kubernetes.io/selected-node',
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
  // k3s marks what it deploys from the files of its server (k3s-io/helm-controller, rancher/wrangler apply).
  'objectset.rio.cattle.io/',
  // The API server writes it itself (kubernetes.io, Well-Known Labels).
  'kubernetes.io/metadata.name',
];

const isWritten = (key: string) =>
  written.some((known) => (known.endsWith('/') ? key.startsWith(known) : key === known));

/** Labels or annotations that are somebody's own; undefined: none are. */
export function ownMarks(marks: unknown): Fields | undefined {
  const kept = Object.entries(isFields(marks) ? marks : {}).filter(([key]) => !isWritten(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Finalizers that somebody has asked for; those that controllers add come again by themselves. */
function askedFinalizers(finalizers: unknown, asked: Asked): readonly unknown[] {
  return Array.isArray(finalizers)
    ? finalizers.filter((_, index) => asked.item(finalizers[index], index).yes)
    : [];
}

/** Name, namespace, and what somebody has written beside them; the order is the one in which people write it. */
export function ownMetadata(metadata: Fields, asked: Asked): Fields {
  const { name, namespace } = metadata;
  const labels = ownMarks(metadata['labels']);
  const annotations = ownMarks(metadata['annotations']);
  const finalizers = askedFinalizers(metadata['finalizers'], asked.field('finalizers'));
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers.length > 0 && { finalizers }),
  };
}

/** The same for templates within objects, which have no name of their own as a rule; undefined: nothing is left. */
export function templateMetadata(metadata: unknown): Fields | undefined {
  if (!isFields(metadata)) return undefined;
  const labels = ownMarks(metadata['labels']);
  const annotations = ownMarks(metadata['annotations']);
  const kept = Object.entries(metadata).filter(
    ([key, value]) =>
      !['labels', 'annotations', 'creationTimestamp', 'managedFields'].includes(key) && value !== null,
  );
  const all = {
    ...Object.fromEntries(kept),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}
