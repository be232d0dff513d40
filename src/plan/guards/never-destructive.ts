import { defineGuard } from './define-guard.ts';

/** Whatever can lose data is never run by itself. */
export const neverDestructive = defineGuard({
  id: 'never-destructive',
  judge: (step) =>
    step.risk === 'destructive'
      ? {
          reason: 'The step can lose data.',
          advice: 'Read the evidence, make a copy, then do it by hand.',
          kind: 'human',
        }
      : undefined,
});
