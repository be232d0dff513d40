import { textAt } from '../../../export/collect/uses.ts';
import type { KubeObject } from '../../../ports/cluster.ts';
import { partsOf, type PartOf, type UploadedEntry } from '../../manifest.ts';
import { outputText, script, wholeOutput, withInput } from '../../program-output.ts';
import { entryDifferences } from '../../uploads/compare-entries.ts';
import { listing } from '../../uploads/tar-entries.ts';
import { applyObjects } from '../apply-objects.ts';
import { claimOf, fillingPod, mountedAt, type ClaimInUse } from '../claim-of.ts';
import type { ClusterAccess, RebuildContext, RebuildStep } from '../context.ts';
import { groupsIn } from '../groups-in.ts';
import { RebuildRefused } from '../read-backup.ts';
import { until } from '../until.ts';

const id = 'uploads';

/** A volume may have to be made, and an image to be pulled, ms. */
const runningMs = 300_000;

/** Exactly as many bytes as were announced: older API servers cannot tell the end of the input. */
const unpack = `head -c "$2" | tar -C "$1" -xpf -`;

const first = `find "$1" -mindepth 1 ! -name lost+found | head -n 1`;

const archive = `tar -C "$1" -cf - .`;

type Place = { readonly namespace: string; readonly pod: string; readonly container: string };

const program = (place: Place, name: string, text: string, ...words: readonly string[]) => ({
  ...place,
  argv: script(name, text, mountedAt, ...words),
});

/** Lends a pod that mounts the claim, and deletes it whatever comes. */
async function withPod<T>(
  context: RebuildContext,
  { reader, writer }: ClusterAccess,
  { use, claim }: { readonly use: ClaimInUse; readonly claim: string },
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const { namespace = '' } = use.workload.metadata;
  const suffix = context.clock.now().toString(36);
  const made: KubeObject = await writer.createPod({ namespace, pod: fillingPod(use, claim, suffix) });
  const { name, uid } = made.metadata;
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    await until(
      context,
      { what: `Pod ${name} with the claim ${claim}`, place: name, deadlineMs: runningMs },
      async () => textAt(await reader.get(path), 'status', 'phase') === 'Running' || undefined,
    );
    return await work({ namespace, pod: name, container: 'files' });
  } finally {
    await writer.deletePod({ namespace, name, uid });
  }
}

async function fill(
  context: RebuildContext,
  { programs }: ClusterAccess,
  place: Place,
  part: PartOf<'uploads'>,
): Promise<void> {
  const { backup, wasBegun } = context;
  const { claim, entries } = part.of;
  const there = (await outputText(programs, program(place, 'find', first))).trim();
  if (there !== '' && !wasBegun(id))
    throw new RebuildRefused({
      what: `The files of claim ${claim} are not restored`,
      cause: `there are files in it already: ${there}`,
      place: `pod ${place.namespace}/${place.pod}`,
      next: 'Look where they come from; if they are to go, remove them, and run the same command again.',
    });
  const seen: UploadedEntry[] = [];
  // A name that leads out of the folder ends it before the program gets it.
  await withInput(
    programs,
    program(place, 'tar', unpack, String(part.bytes)),
    listing(backup.read(part), seen),
  );
  const found: UploadedEntry[] = [];
  for await (const _ of listing(wholeOutput(programs, program(place, 'tar', archive)), found));
  const own = found.filter(({ path }) => path !== 'lost+found');
  const differences = entryDifferences(entries, own);
  if (differences.length > 0)
    throw new RebuildRefused({
      what: `The files of claim ${claim} are not what was backed up`,
      cause: differences.join('; '),
      place: `pod ${place.namespace}/${place.pod}`,
      next: 'Nothing uses them yet. Read the cause; then run the same command again.',
    });
}

async function restoreOne(context: RebuildContext, part: PartOf<'uploads'>): Promise<string> {
  const { claim, files } = part.of;
  const access = await context.access();
  const use = claimOf(groupsIn(context.backup).workloads, claim);
  if (use === undefined) return `${claim}: no workload of the backup uses it; take its files by --uploads`;
  if (use.claim !== undefined) await applyObjects(context, access, [use.claim as unknown as KubeObject]);
  await withPod(context, access, { use, claim }, (place) => fill(context, access, place, part));
  return `${claim}: ${files} files compared`;
}

/** Puts the files back into their claims, before anybody uses them, and compares each. */
export const restoreUploads: RebuildStep = {
  id,
  title: 'restore the files of volumes, and compare each',
  run: async (context) => {
    const told: string[] = [];
    for (const part of partsOf(context.backup.manifest, 'uploads'))
      told.push(await restoreOne(context, part));
    return told.join('; ') || 'the backup holds none';
  },
};
