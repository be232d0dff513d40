import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import type { PartToTake } from '../create.ts';
import type { PartDetails, UploadedEntry } from '../manifest.ts';
import { outputText, script, wholeOutput } from '../program-output.ts';
import type { StoredPart } from '../store-part.ts';
import type { MountedClaim } from './find-uploads.ts';
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

function inContainer(
  { namespace, pod, container, path }: MountedClaim,
  name: string,
  text: string,
): ProgramInPod {
  return { namespace, pod, container, argv: script(name, text, path) };
}

async function lines(programs: PodPrograms, claim: MountedClaim): Promise<ReadonlyMap<string, string>> {
  const text = await outputText(programs, inContainer(claim, 'stat', state));
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

interface Attempt {
  readonly stored: StoredPart;
  readonly entries: UploadedEntry[];
  readonly changed: readonly string[];
}

async function attempt(
  programs: PodPrograms,
  claim: MountedClaim,
  store: (plain: AsyncIterable<Buffer>) => Promise<StoredPart>,
): Promise<Attempt> {
  const entries: UploadedEntry[] = [];
  const before = await lines(programs, claim);
  const plain = wholeOutput(programs, inContainer(claim, 'tar', archive));
  const stored = await store(listing(plain, entries));
  const after = await lines(programs, claim);
  return { stored, entries, changed: changedFiles(before, after, entries) };
}

/**
 * The files of a claim as one part of a backup: a tar archive, and on record what is in it. Nothing is written. Files that changed while they
 * were read make it be read again, and are named when that does not help.
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
    take: async (store) => {
      let taken = await attempt(programs, claim, store);
      for (let time = 1; time < attempts && taken.changed.length > 0; time++) {
        say(`${taken.changed.length} files of ${claim.claim} changed while they were read; reading again`);
        taken = await attempt(programs, claim, store);
      }
      const { stored, entries, changed } = taken;
      const files = entries.filter(({ type }) => type === 'file');
      const of: Details = {
        kind: 'uploads',
        claim: claim.claim,
        pod: claim.pod,
        path: claim.path,
        files: files.length,
        fileBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        entries,
        changed: [...changed],
      };
      return { stored, of };
    },
  };
}
