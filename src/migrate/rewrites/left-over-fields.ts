import { annotationsOf, type Bench } from '../bench.ts';
import { fieldsOf, listOf, replicasOf, textAt, valueAt, type FieldPath, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'left-over-fields';

/** Annotations and labels by which controllers of the local cluster remember what they did. */
const notes =
  /^(svccontroller\.k3s\.cattle\.io|objectset\.rio\.cattle\.io|k3s\.cattle\.io|k3s\.io)\/|^volume\.(beta\.)?kubernetes\.io\/(selected-node|storage-provisioner)$|^pv\.kubernetes\.io\/|^deployment\.kubernetes\.io\/revision$/;

const numbersWhy =
  'Assigned by the local cluster (10.43.0.0/16 is the Service network of k3s). Another cluster refuses it or has given it away.';

/** Fields of a Service that a cluster assigns; node ports go with the front door's rule. */
const assigned: readonly FieldPath[] = [
  ['spec', 'clusterIPs'],
  ['spec', 'healthCheckNodePort'],
  ['spec', 'ipFamilies'],
];

function cleanService(bench: Bench, service: Manifest): void {
  const address = valueAt(service, ['spec', 'clusterIP']);
  if (address !== undefined && address !== 'None')
    bench.remove(service, ['spec', 'clusterIP'], { rule: id, why: numbersWhy });
  for (const path of assigned) bench.remove(service, path, { rule: id, why: numbersWhy });
}

function cleanNotes(bench: Bench, manifest: Manifest): void {
  const why = 'A note of a controller of the local cluster about itself.';
  for (const key of Object.keys(annotationsOf(manifest)))
    if (notes.test(key)) bench.remove(manifest, ['metadata', 'annotations', key], { rule: id, why });
  for (const key of Object.keys(fieldsOf(manifest.metadata.labels)))
    if (notes.test(key)) bench.remove(manifest, ['metadata', 'labels', key], { rule: id, why });
}

function cleanClaim(bench: Bench, claim: Manifest): void {
  const why = 'It names a volume of the local cluster; with it the claim would wait for ever on the target.';
  bench.remove(claim, ['spec', 'volumeName'], { rule: id, why });
}

/** Claims that a StatefulSet makes itself, by its template: `data-redis-0`. */
function madeClaims(bench: Bench): ReadonlySet<string> {
  return new Set(
    bench.objects('StatefulSet').flatMap((set) =>
      listOf(valueAt(set, ['spec', 'volumeClaimTemplates'])).flatMap((template) =>
        Array.from({ length: replicasOf(set) }, (_, ordinal) => {
          const { name, namespace = 'default' } = set.metadata;
          return `${namespace}/${textAt(template, ['metadata', 'name']) ?? ''}-${name}-${ordinal}`;
        }),
      ),
    ),
  );
}

/** What the local cluster has written into the objects. */
export const leftOverFields: Rule = {
  id,
  looksFor:
    'fields and annotations that the local cluster has assigned: addresses, bound volumes, notes of controllers',
  run: (bench) => {
    const made = madeClaims(bench);
    for (const claim of bench.objects('PersistentVolumeClaim'))
      if (made.has(`${claim.metadata.namespace ?? 'default'}/${claim.metadata.name}`))
        bench.drop(claim, { rule: id, why: 'Its StatefulSet makes it itself, from its template.' });
    for (const manifest of bench.objects()) {
      cleanNotes(bench, manifest);
      if (manifest.kind === 'Service') cleanService(bench, manifest);
      if (manifest.kind === 'PersistentVolumeClaim') cleanClaim(bench, manifest);
      if (manifest.kind === 'ServiceAccount' && listOf(manifest['secrets']).length > 0)
        bench.remove(manifest, ['secrets'], {
          rule: id,
          why: 'Tokens of the local cluster; Kubernetes makes new ones for each pod (TokenRequest, since 1.24).',
        });
    }
  },
};
