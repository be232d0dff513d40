import { findStackFile } from '../../app/stack-file-lookup.ts';
import type { Owner } from '../../backup/choose-backup.ts';
import type { CommonOptions } from '../options.ts';
import type { Session } from '../session.ts';

/** The stack of a session, as its backups name it. */
export function ownerOf({ context, target }: Pick<Session, 'context' | 'target'>): Owner {
  return { stack: context.stack.name, context: target.context };
}

/**
 * What the words of a command say of the stack, where no cluster is asked: a stack has the name that its file gives it, else that of its
 * namespace. `known`: the context that was found for want of a place; empty: none was. Throws StackFileUnreadable, StackFileInvalid.
 */
export function namedOwner(
  { context: wanted, stack: file, namespace }: CommonOptions,
  known: string,
): Partial<Owner> {
  const found = file === undefined ? undefined : findStackFile(file)?.file;
  const stack = found?.metadata.name ?? namespace;
  const context = wanted ?? found?.spec.cluster?.context ?? (known === '' ? undefined : known);
  return { ...(stack !== undefined && { stack }), ...(context !== undefined && { context }) };
}
