import { refText } from '../../domain/object-ref.ts';
import { defineGuard } from './define-guard.ts';

/** An action on this object is under way. */
export const oneActionPerObject = defineGuard({
  id: 'one-action-per-object',
  judge: (step, { busy }) =>
    busy.has(refText(step.target))
      ? { reason: 'An action on this object is under way.', advice: 'Wait for its result.', kind: 'wait' }
      : undefined,
});
