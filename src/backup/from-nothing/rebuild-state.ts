import type { StoredEvent } from '../../domain/journal-event.ts';
import type { Remains } from '../../ports/cluster-maker.ts';
import { restoreLabel } from '../cluster/restore-label.ts';

/** How far a restore from nothing is. */
export type RebuildState =
  | { readonly kind: 'fresh' }
  | {
      readonly kind: 'begun';
      readonly restore: string;
      /** Steps that are done. */
      readonly done: ReadonlySet<string>;
      /** Steps that were begun and of whose end nothing was heard. */
      readonly begun: ReadonlySet<string>;
      /** Whether something of the cluster is there that k3d had only half made. */
      readonly hasHalf: boolean;
    }
  /** Something of that name is there, and it is not the half-made work of a restore of this backup. */
  | { readonly kind: 'occupied'; readonly why: string; readonly next: string };

/** The step that makes the cluster. */
export const clusterStep = 'cluster';

interface Meant {
  readonly cluster: string;
  readonly backup: string;
}

const isNode = ({ role }: Remains['containers'][number]) =>
  role === 'server' || role === 'agent' || role === 'loadbalancer';

interface Book {
  readonly backup: string;
  readonly cluster: string;
  readonly done: Set<string>;
  readonly begun: Set<string>;
  isOver: boolean;
}

/** What the journal knows of each restore, by its id. */
function booksOf(events: readonly StoredEvent[]): ReadonlyMap<string, Book> {
  const books = new Map<string, Book>();
  for (const event of events) {
    if (event.type === 'rebuild-began') {
      const { backup, cluster } = event;
      books.set(event.restore, { backup, cluster, done: new Set(), begun: new Set(), isOver: false });
    } else if (event.type === 'rebuild-step') {
      const book = books.get(event.restore);
      if (event.phase === 'done') book?.done.add(event.step);
      else book?.begun.add(event.step);
    } else if (event.type === 'rebuild-ended') {
      const book = books.get(event.restore);
      if (book !== undefined) book.isOver = true;
    }
  }
  return books;
}

function occupied({ cluster }: Meant, why: string): RebuildState {
  return {
    kind: 'occupied',
    why,
    next: `If it is to go with all that is in it: k3d cluster delete ${cluster}. A stack that is only broken: rekindle up.`,
  };
}

function begun(restore: string, { done, begun: steps }: Book, hasHalf: boolean): RebuildState {
  const open = new Set([...steps].filter((step) => !done.has(step)));
  return { kind: 'begun', restore, done, begun: open, hasHalf };
}

/** A restore that was ended before k3d had made any node: what is left of it is no cluster. */
function unmade(books: ReadonlyMap<string, Book>, meant: Meant): readonly [string, Book] | undefined {
  return [...books].findLast(
    ([, book]) =>
      book.cluster === meant.cluster &&
      book.backup === meant.backup &&
      !book.done.has(clusterStep) &&
      book.begun.has(clusterStep),
  );
}

/**
 * How far the restore of this backup into a cluster of this name is, from what the engine has and what the journal knows. Only what carries
 * the id of a restore that the journal knows is ever gone on with. Pure.
 */
export function rebuildState(
  { containers, volumes }: Remains,
  events: readonly StoredEvent[],
  meant: Meant,
): RebuildState {
  const books = booksOf(events);
  const nodes = containers.filter((container) => isNode(container));
  if (nodes.length === 0) {
    const early = unmade(books, meant);
    if (containers.length === 0 && volumes.length === 0) return { kind: 'fresh' };
    if (early === undefined) {
      const names = [...containers.map(({ name }) => name), ...volumes].join(', ');
      return occupied(meant, `there is something of cluster ${meant.cluster} already: ${names}`);
    }
    return begun(early[0], early[1], containers.length > 0);
  }
  const ids = new Set(nodes.map(({ labels }) => labels[restoreLabel]));
  const [id] = ids;
  const book = id === undefined || ids.size > 1 ? undefined : books.get(id);
  if (id === undefined || book === undefined || book.cluster !== meant.cluster)
    return occupied(meant, `there is a cluster ${meant.cluster} already`);
  if (book.backup !== meant.backup)
    return {
      kind: 'occupied',
      why: `a restore of backup ${book.backup} into this cluster was begun`,
      next: `Go on with that one: rekindle backup restore ${book.backup} --from-nothing. Or begin anew: k3d cluster delete ${meant.cluster}`,
    };
  if (book.isOver)
    return occupied(meant, `the cluster ${meant.cluster} was made from this backup and is there`);
  return begun(id, book, !book.done.has(clusterStep));
}
