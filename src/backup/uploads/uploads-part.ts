import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import { causeText } from '../../record/explained-error.ts';
import { isAboutThePart } from '../about-the-part.ts';
import type { PartToTake } from '../create.ts';
import { claimHint } from '../leave-hints.ts';
import type { PartDetails, UploadedEntry } from '../manifest.ts';
import { outputText, script, wholeOutput } from '../program-output.ts';
import type { StoredPart } from '../store-part.ts';
import type { ClaimInContainer, MountedClaim } from './find-uploads.ts';
import { listing } from './tar-entries.ts';

/** How often files are read again when some of them changed meanwhile. */
const attempts = 3;

/**
 * An archive of everything in the folder. GNU tar ends with 1 when a file changed while it was read, which is found out by other means
 * (tar(1), "Return value"); other tars have other codes for other things.
 */
const archive = `tar -C "$1" -cf - . ; code=$?
if [ $code -eq 1 ] && tar --version 2>/dev/null | grep -q GNU; then exit 0; fi; exit $code`;

/** Size and times of each file, one a line: whatever changes one of them changes its line. */
const state = `cd "$1" && find . -type f -exec stat -c '%s|%y|%z|%n' {} +`;

/** One container that sees the claim. */
type Place = ClaimInContainer & Pick<MountedClaim, 'namespace'>;

function inContainer({ namespace, pod, container, path }: Place, name: string, text: string): ProgramInPod {
  return { namespace, pod, container, argv: script(name, text, path) };
}

async function lines(programs: PodPrograms, place: Place): Promise<ReadonlyMap<string, string>> {
  const text = await outputText(programs, inContainer(place, 'stat', state));
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.split('|').slice(3).join('|').replace(/^\.\//, ''), line]),
  );
}

/** Files that are not the same before and after, or that were there and are not in the archive. */
function changedFiles(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  entries: readonly UploadedEntry[],
): readonly string[] {
  const archived = new Set(entries.map(({ path }) => path));
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter(
    (name) => before.get(name) !== after.get(name) || (before.has(name) && !archived.has(name)),
  );
}

type Details = Extract<PartDetails, { kind: 'uploads' }>;
type Store = (plain: AsyncIterable<Buffer>) => Promise<StoredPart>;

interface Attempt {
  readonly stored: StoredPart;
  readonly entries: UploadedEntry[];
  readonly changed: readonly string[];
}

async function attempt(programs: PodPrograms, place: Place, store: Store): Promise<Attempt> {
  const entries: UploadedEntry[] = [];
  const before = await lines(programs, place);
  const plain = wholeOutput(programs, inContainer(place, 'tar', archive));
  const stored = await store(listing(plain, entries));
  const after = await lines(programs, place);
  return { stored, entries, changed: changedFiles(before, after, entries) };
}

/** Reads the files in one container, again while they change. */
async function takenIn(
  { programs, say }: Tools,
  { claim, namespace }: MountedClaim,
  seenBy: ClaimInContainer,
  store: Store,
): Promise<{ readonly stored: StoredPart; readonly of: Details }> {
  const place = { namespace, ...seenBy };
  let taken = await attempt(programs, place, store);
  for (let time = 1; time < attempts && taken.changed.length > 0; time++) {
    say(`${taken.changed.length} files of ${claim} changed while they were read; reading again`);
    taken = await attempt(programs, place, store);
  }
  const { stored, entries, changed } = taken;
  const files = entries.filter(({ type }) => type === 'file');
  const of: Details = {
    kind: 'uploads',
    claim,
    pod: place.pod,
    path: place.path,
    files: files.length,
    fileBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    entries,
    changed: [...changed],
  };
  return { stored, of };
}

interface Tools {
  readonly programs: PodPrograms;
  readonly say: (line: string) => void;
}

/**
 * The files of a claim as one part of a backup: a tar archive, and on record what is in it. Nothing is written. Files that changed while they
 * were read make it be read again, and are named when that does not help. A container may have no tar, not even a shell: then the next
 * one that sees the claim is asked.
 */
export function uploadsPart(
  programs: PodPrograms,
  claim: MountedClaim,
  say: (line: string) => void,
): PartToTake {
  return {
    file: `uploads.${claim.claim}.tar`,
    title: `files of claim ${claim.claim}`,
    isOptional: true,
    leaveHint: claimHint(claim.claim),
    take: async (store) => {
      let last: unknown;
      for (const seenBy of claim.seenBy) {
        try {
          return await takenIn({ programs, say }, claim, seenBy, store);
        } catch (error) {
          if (!isAboutThePart(error)) throw error;
          say(
            `files of ${claim.claim} could not be read in ${seenBy.pod}, ${seenBy.container}: ${causeText(error)}`,
          );
          last = error;
        }
      }
      throw last;
    },
  };
}
