import type { Bench } from '../bench.ts';
import { mostPodsOf, nameOf, textAt, valueAt, type Manifest } from '../manifest.ts';
import type { RuleContext } from '../rule.ts';
import { userOf } from '../targets/shared-claim.ts';
import { accountOf } from './accounts.ts';
import { oneAtATime } from './keep-files.ts';
import { looksLikeUploads, podVolumes, type PodVolume } from './pod-volumes.ts';

const rule = 'storage';

/** The name becomes the value of a label, which has at most so many characters. */
const longestLabel = 63;

/** Every volume of a workload that is this claim. */
export function usersOf(bench: Bench, claim: Manifest): readonly PodVolume[] {
  return bench
    .objects()
    .filter(({ metadata }) => metadata.namespace === claim.metadata.namespace)
    .flatMap(podVolumes)
    .filter(({ source }) => textAt(source, ['persistentVolumeClaim', 'claimName']) === claim.metadata.name);
}

/** Whether the claim asks for a volume that several nodes mount at the same time. */
function isForMany(claim: Manifest): boolean {
  const modes = valueAt(claim, ['spec', 'accessModes']);
  return Array.isArray(modes) && (modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany'));
}

const namesOf = (users: readonly PodVolume[]) =>
  [...new Set(users.map(({ workload }) => nameOf(workload)))].join(', ');

/** Shared storage takes the place of the claim, for all who mount it. */
function share(bench: Bench, claim: Manifest, users: readonly PodVolume[], { target }: RuleContext): void {
  const name = `${claim.metadata.name}-shared`;
  const volume = claim.metadata.name.slice(0, longestLabel).replace(/[^a-z0-9]+$/, '');
  const why = `${namesOf(users)} mount it. On one machine all pods reach a folder; a disk of the target is attached to one node at a time.`;
  for (const { workload, path } of users) {
    const { name: serviceAccount } = accountOf(bench, workload, rule).metadata;
    bench.sharing.add(nameOf(workload));
    target.share(bench, { workload, volume, claim: name, serviceAccount, rule });
    bench.set(workload, [...path, 'persistentVolumeClaim', 'claimName'], name, { rule, why });
  }
  bench.drop(claim, {
    rule,
    why: `${why} Its files are copied in the cut-over.`,
    after: `the shared claim ${name}`,
  });
  const runAs = new Set(users.map(({ workload }) => userOf(bench.now(workload))?.uid));
  if (runAs.size > 1)
    bench.task(
      rule,
      claim,
      `${namesOf(users)} share its files and do not run as the same user; the files of the target belong to one.`,
      'Give their pods one runAsUser in the overlay, and the mount the same (its StorageClass or PersistentVolume).',
    );
}

function tellSeveral(bench: Bench, claim: Manifest, users: readonly PodVolume[]): void {
  bench.task(
    rule,
    claim,
    `Several pods mount it (${namesOf(users)}). On one machine all of them reach its folder; a disk of the target is attached to one node at a time, and pods on other nodes do not start.`,
    'If they share files, put shared storage in its place (as for uploads); if it is the data of a program that runs once, let one pod mount it, or hold the pods on one node by pod affinity.',
  );
}

/**
 * What follows from who mounts a claim. Files that several pods share get shared storage; data of another sort is told, because
 * a database must not be put there. True when the claim itself is gone. Source: kubernetes.io/docs/concepts/storage/persistent-volumes,
 * access modes (ReadWriteOnce is one node).
 */
export function followUsers(bench: Bench, claim: Manifest, context: RuleContext, isLocal: boolean): boolean {
  const users = usersOf(bench, claim);
  const most = ({ workload }: PodVolume) => mostPodsOf(workload, bench.objects());
  const pods = users.reduce((sum, user) => sum + most(user), 0);
  if (pods > 1 && isLocal && (isForMany(claim) || users.some(looksLikeUploads))) {
    share(bench, claim, users, context);
    return true;
  }
  if (isForMany(claim) && !isLocal) return false;
  if (pods > 1) tellSeveral(bench, claim, users);
  for (const user of users.filter((one) => most(one) === 1)) oneAtATime(bench, user.workload, rule);
  if (isForMany(claim))
    bench.set(claim, ['spec', 'accessModes'], ['ReadWriteOnce'], {
      rule,
      why: 'One pod at most mounts it, and a disk of the target is never mounted by several nodes.',
    });
  return false;
}
