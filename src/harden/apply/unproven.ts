import type { StoredEvent } from '../../domain/journal-event.ts';
import { refText } from '../../domain/object-ref.ts';

/**
 * Measures whose application is the last that the journal has of their object and was never proven: the run ended in between.
 * Pure.
 */
export function unprovenMeasures(events: readonly StoredEvent[]): ReadonlySet<string> {
  const proven = new Set(
    events.flatMap((event) =>
      event.type === 'harden-verified' && event.verified === 'yes' ? [event.action] : [],
    ),
  );
  const last = new Map<string, readonly string[]>();
  for (const event of events) {
    if (event.type !== 'harden-intended' || event.target.kind === 'Container') continue;
    const isOpen = event.change === 'apply' && !proven.has(event.action);
    last.set(refText(event.target), isOpen ? event.measures : []);
  }
  return new Set([...last.values()].flat());
}
