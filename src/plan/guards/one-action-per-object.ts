import { reservedBy } from '../../domain/plan.ts';
import { defineGuard } from './define-guard.ts';

/** An action on this object, or one that it would get in the way of, is under way. */
export const oneActionPerObject = defineGuard({
  id: 'one-action-per-object',
  judge: (step, { busy }) => {
    const taken = reservedBy(step).find((name) => busy.has(name));
    return taken === undefined
      ? undefined
      : { reason: `An action on ${taken} is under way.`, advice: 'Wait for its result.', kind: 'wait' };
  },
});
