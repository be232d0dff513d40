import { archiveFolders } from '../cluster/archive-folders.ts';
import { isUsualLoadBalancer } from '../cluster/k3d-config.ts';
import type { ProofVerdict } from '../evidence.ts';
import { partsOf } from '../manifest.ts';
import type { RebuildStep } from './context.ts';
import { isDatabase } from './object-groups.ts';
import { lossOf, type Loss } from './loss.ts';
import { claimsNotPutBack } from './not-put-back.ts';
import type { ReadBackup } from './read-backup.ts';
import type { RebuildState } from './rebuild-state.ts';

/** What is known when a restore from nothing is planned. */
export interface RebuildFacts {
  readonly state: RebuildState;
  readonly backup: Pick<ReadBackup, 'manifest' | 'definition' | 'details' | 'objects'>;
  /** How the last examination of the backup ended; undefined: nobody here has examined it. */
  readonly proof: ProofVerdict | undefined;
  /** Ids of the images that the engine has now, by name. */
  readonly engine: ReadonlyMap<string, string>;
  /** Folders of the machine that the nodes mount and that are there. */
  readonly folders: ReadonlySet<string>;
}

/** Where an image will come from. */
export interface ImageSource {
  readonly image: string;
  readonly from: string;
}

export interface Refusal {
  readonly why: string;
  readonly next: string;
}

/** What a restore from nothing would do, or why it will not be begun. */
export interface RebuildPlan {
  readonly cluster: string;
  readonly backup: string;
  readonly steps: readonly { readonly id: string; readonly title: string; readonly isDone: boolean }[];
  readonly images: readonly ImageSource[];
  readonly lost: readonly Loss[];
  /** Claims whose files are in the backup and are put into no volume. */
  readonly notPutBack: readonly string[];
  /** What will not be as it was, a sentence each. */
  readonly warnings: readonly string[];
  readonly refusals: readonly Refusal[];
}

interface Wanted {
  readonly name: string;
  readonly fromRegistry: string | undefined;
  /** The engine's id when the backup was made. */
  readonly id: string | undefined;
  /** Whether archives that the nodes mount may have it. */
  readonly isForNodes: boolean;
}

/** Every image that is needed, with what the backup knows of it. */
function wantedImages({ definition }: RebuildFacts['backup']): readonly Wanted[] {
  const { image, loadBalancerImage, images } = definition;
  const balancer =
    loadBalancerImage === undefined || isUsualLoadBalancer(loadBalancerImage.name) ? [] : [loadBalancerImage];
  return [
    { name: image.name, fromRegistry: image.digests[0], id: image.id, isForNodes: false },
    ...balancer.map(({ name }) => ({ name, fromRegistry: undefined, id: undefined, isForNodes: false })),
    ...images.map(({ name, fromRegistry, inEngine }) => ({
      name,
      fromRegistry,
      id: inEngine,
      isForNodes: true,
    })),
  ];
}

function sourceOf(wanted: Wanted, { backup, engine, folders }: RebuildFacts): string | undefined {
  const { name, fromRegistry, id, isForNodes } = wanted;
  const stored = new Set(partsOf(backup.manifest, 'image').map(({ of }) => of.image));
  if (stored.has(name)) return 'this backup';
  if (fromRegistry !== undefined) return `its registry (${fromRegistry})`;
  const now = engine.get(name);
  if (now !== undefined)
    return id === undefined || id === now
      ? 'the engine'
      : 'the engine, which has another image of this name by now';
  const archives = archiveFolders(backup.definition).filter((folder) => folders.has(folder));
  return isForNodes && archives.length > 0 ? `the archives in ${archives.join(', ')}` : undefined;
}

function imagePlan(facts: RebuildFacts): { images: ImageSource[]; refusals: Refusal[] } {
  const found = wantedImages(facts.backup).map((wanted) => ({ wanted, from: sourceOf(wanted, facts) }));
  return {
    images: found.flatMap(({ wanted, from }) => (from === undefined ? [] : [{ image: wanted.name, from }])),
    refusals: found.flatMap(({ wanted: { name }, from }) =>
      from === undefined
        ? [
            {
              why: `image ${name} can be had from nowhere: it is not in the backup, no registry is known to have it, and the engine has none of this name`,
              next: `Build it or load it under this name (docker build --tag ${name}), then run the same command again.`,
            },
          ]
        : [],
    ),
  };
}

function secretRefusals({ details, objects }: RebuildFacts['backup']): readonly Refusal[] {
  const isUnread = details.missing.some(({ kind }) => kind === 'Secret');
  const hasNone =
    objects.every(({ kind }) => kind !== 'Secret') && objects.some((object) => isDatabase(object));
  if (!isUnread && !hasNone) return [];
  return [
    {
      why: 'the backup has no Secrets: the operator would make new passwords, and nobody could log in',
      next: 'Choose a backup that was made by somebody who may read Secrets (deploy/rbac/rekindle-export.yaml).',
    },
  ];
}

function stateRefusals({ state }: RebuildFacts): readonly Refusal[] {
  return state.kind === 'occupied' ? [{ why: state.why, next: state.next }] : [];
}

function proofRefusals({ proof, backup }: RebuildFacts): readonly Refusal[] {
  if (proof !== 'bad') return [];
  return [
    {
      why: `${backup.manifest.id} was examined and is bad`,
      next: 'Choose another one: rekindle backup list',
    },
  ];
}

/** Folders of the machine that are gone: the engine would make empty ones. */
function folderWarnings({ backup, folders }: RebuildFacts): readonly string[] {
  const sources = backup.definition.volumes.map(({ volume }) => volume.split(':', 1)[0] ?? '');
  return [...new Set(sources)]
    .filter((source) => source.startsWith('/') && !folders.has(source))
    .map((source) => `${source} is not on this machine: the nodes get an empty folder in its place`);
}

function tablespaceWarnings({ manifest }: RebuildFacts['backup']): readonly string[] {
  return partsOf(manifest, 'database').flatMap(({ of: { database, tablespaces = [] } }) =>
    tablespaces.length === 0
      ? []
      : [`what lay in tablespaces ${tablespaces.join(', ')} of ${database} comes into the usual one`],
  );
}

function uploadWarnings(notPutBack: readonly string[]): readonly string[] {
  return notPutBack.map(
    (claim) =>
      `files of ${claim} are in the backup and are not put back: no workload that can be held back uses them (an operator's, a DaemonSet or a CronJob does). Take them by rekindle backup restore --uploads`,
  );
}

function warnings(facts: RebuildFacts, notPutBack: readonly string[]): readonly string[] {
  const { backup, proof, state } = facts;
  return [
    ...(proof === 'proven' ? [] : ['this backup was never proven here (rekindle backup verify)']),
    ...(state.kind === 'begun' ? [`going on with a restore that was interrupted (${state.restore})`] : []),
    ...folderWarnings(facts),
    ...tablespaceWarnings(backup),
    ...uploadWarnings(notPutBack),
    ...backup.definition.notes,
    ...backup.manifest.leftOut.map(({ what, why }) => `not in the backup: ${what} (${why})`),
  ];
}

/** What will be done, from where everything comes, and what stands against it. Pure. */
export function planRebuild(facts: RebuildFacts, steps: readonly RebuildStep[]): RebuildPlan {
  const { state, backup } = facts;
  const done = state.kind === 'begun' ? state.done : new Set<string>();
  const { images, refusals } = imagePlan(facts);
  const notPutBack = claimsNotPutBack(backup);
  return {
    cluster: backup.definition.name,
    backup: backup.manifest.id,
    steps: steps.map(({ id, title }) => ({ id, title, isDone: done.has(id) })),
    images,
    lost: lossOf(backup.manifest, new Set(notPutBack)),
    notPutBack,
    warnings: warnings(facts, notPutBack),
    refusals: [
      ...stateRefusals(facts),
      ...proofRefusals(facts),
      ...secretRefusals(backup),
      // Once the nodes have them, nobody asks for images again.
      ...(done.has('images-into-nodes') ? [] : refusals),
    ],
  };
}
