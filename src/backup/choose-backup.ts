import type { BackupStore } from '../ports/backup-store.ts';
import type { BackupManifest } from './manifest.ts';
import { shelved, type ShelvedBackup } from './shelf.ts';

/** Whose a backup is: several stacks may keep theirs in one place. */
export type Owner = Pick<BackupManifest, 'stack' | 'context'>;

/** An owner for people. */
export function ownerText({ stack, context }: Owner): string {
  return `${stack} (${context})`;
}

/** Whether a backup is of this stack, as far as it is known which is meant. */
export function isOf({ stack, context }: Owner, meant: Partial<Owner>): boolean {
  return (meant.stack ?? stack) === stack && (meant.context ?? context) === context;
}

/** Why it is not known which backup is meant, and what to do. */
export interface NotChosen {
  readonly why: string;
  readonly next: string;
}

/** The newest backup of each stack that may be meant, and whose others there are. */
interface Newest {
  /** Newest first. */
  readonly meant: ReadonlyMap<string, ShelvedBackup>;
  readonly others: ReadonlySet<string>;
  /** Newer than all of these, and nobody can tell of which stack it is. */
  readonly unreadable: ShelvedBackup | undefined;
}

async function newestOf(store: BackupStore, ids: readonly string[], meant: Partial<Owner>): Promise<Newest> {
  const found = new Map<string, ShelvedBackup>();
  const others = new Set<string>();
  let unreadable: ShelvedBackup | undefined;
  const isOneStack = meant.stack !== undefined && meant.context !== undefined;
  for (const id of ids.toReversed()) {
    if (isOneStack && found.size > 0) break;
    const backup = await shelved(store, id, undefined);
    const { manifest } = backup;
    if (manifest === undefined) {
      if (found.size === 0) unreadable ??= backup;
      continue;
    }
    const name = ownerText(manifest);
    if (!isOf(manifest, meant)) others.add(name);
    else if (!found.has(name)) found.set(name, backup);
  }
  return { meant: found, others, unreadable };
}

function none(meant: Partial<Owner>, others: ReadonlySet<string>): NotChosen {
  const { stack, context } = meant;
  const whose = [stack, context === undefined ? undefined : `(${context})`].filter(Boolean).join(' ');
  return {
    why:
      others.size === 0
        ? 'the place holds none'
        : `the place holds none of ${whose}, only of ${[...others].join(', ')}`,
    next: 'Name one (rekindle backup list), or another place with --at. To make one: rekindle backup create',
  };
}

/**
 * The backup of this id, or else the newest of the stack that is meant; what is not known of it may be anything, but of two stacks none is
 * guessed. A newer one whose manifest cannot be read is given with that trouble, because nothing older is the newest then. Throws
 * what the store throws.
 */
export async function chooseBackup(
  store: BackupStore,
  wanted: string | undefined,
  meant: Partial<Owner>,
): Promise<ShelvedBackup | NotChosen> {
  const ids = await store.ids();
  if (wanted !== undefined) {
    if (ids.includes(wanted)) return shelved(store, wanted, undefined);
    const there = ids.length === 0 ? 'the place holds none' : `there are ${ids.slice(-5).join(', ')}`;
    return { why: there, next: 'See all: rekindle backup list. Another place: --at' };
  }
  const { meant: found, others, unreadable } = await newestOf(store, ids, meant);
  const [newest, ...more] = found.values();
  if (more.length > 0) {
    const each = [...found].map(([name, { id }]) => `${name}, newest ${id}`);
    return {
      why: `the place holds backups of several stacks: ${each.join('; ')}`,
      next: 'Name the one that is meant by its id.',
    };
  }
  if (unreadable !== undefined) {
    const older = newest === undefined ? '' : `; the newest one that can be read is ${newest.id}`;
    return { ...unreadable, trouble: `${unreadable.trouble ?? 'it has no manifest'}${older}` };
  }
  return newest ?? none(meant, others);
}
