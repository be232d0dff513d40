import { annotationsOf, type Bench } from '../bench.ts';
import { fieldsOf, listOf, valueAt, type FieldPath, type Manifest } from '../manifest.ts';
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

/** What the local cluster has written into the objects. */
export const leftOverFields: Rule = {
  id,
  looksFor:
    'fields and annotations that the local cluster has assigned: addresses, bound volumes, notes of controllers',
  run: (bench) => {
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
