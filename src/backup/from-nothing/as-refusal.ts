import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { NotDecrypted } from '../encryption.ts';
import { RestoreRefused } from '../postgres/restore-beside.ts';
import { PartDiffers } from '../store-part.ts';
import { ArchiveUnusable } from '../uploads/tar-entries.ts';
import { RebuildRefused } from './read-backup.ts';

/** What says that something is there that must not be touched, or that a part of the backup is damaged: no second try makes it better. */
const kinds = [RestoreRefused, NotDecrypted, PartDiffers, ArchiveUnusable];

/** The error of a step as a refusal of the whole, where it is one; any other as it is. Pure. */
export function asRefusal(error: unknown, title: string, backup: string): unknown {
  if (!kinds.some((kind) => error instanceof kind)) return error;
  const isExplained = error instanceof ExplainedError;
  const explanation = {
    what: isExplained ? (error.message.split(`: ${error.reason}`, 1)[0] ?? title) : `Not done: ${title}`,
    cause: isExplained ? error.reason : causeText(error),
    place: isExplained ? error.place : `backup ${backup}`,
    next: isExplained ? error.next : 'Choose another backup: rekindle backup list',
  };
  return new RebuildRefused(explanation, { cause: error });
}
