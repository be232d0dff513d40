import { itemsOf } from '../../harden/fields/fields.ts';
import { at } from '../collect/uses.ts';
import { defineReason } from './define-reason.ts';

/** Applied elsewhere it would run once more, which may not be harmless. */
export const jobThatHasEnded = defineReason({
  name: 'job-that-has-ended',
  comes: 'by-hand',
  why: (object) => {
    if (object.kind !== 'Job') return undefined;
    const ended = itemsOf(at(object, 'status', 'conditions')).some(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    );
    return ended ? 'it has ended; applied elsewhere it would run once more' : undefined;
  },
});
