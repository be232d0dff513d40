import { defineReason } from './define-reason.ts';

export const beingDeleted = defineReason({
  name: 'being-deleted',
  comes: 'by-hand',
  why: ({ metadata }) =>
    metadata.deletionTimestamp === undefined ? undefined : 'somebody has deleted it, and it is about to go',
});
