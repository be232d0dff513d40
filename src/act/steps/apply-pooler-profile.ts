import { poolerProfile, profileDifferences } from '../../domain/pooler-profiles.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { onConsole, poolerOf } from './pooler-target.ts';

async function effective(
  planned: PlannedStep,
  context: ActContext,
): Promise<Readonly<Record<string, string>>> {
  const { pooler } = await poolerOf(planned, context);
  const rows = await onConsole(context, pooler, planned.target.name, ['SHOW CONFIG']);
  return Object.fromEntries(rows.map((row) => [row['key'] ?? '', row['value'] ?? '']));
}

/** Sets the profile's values in one running PgBouncer. They last until its container starts again. */
export const applyPoolerProfile = defineStep({
  name: 'apply-pooler-profile',
  proofMs: 5000,
  precondition: async (planned) =>
    poolerProfile(planned.parameters['profile'] ?? '') === undefined ? 'the profile is unknown' : undefined,
  run: async (planned, context) => {
    const { pooler } = await poolerOf(planned, context);
    const profile = poolerProfile(planned.parameters['profile'] ?? '') ?? {};
    const commands = Object.entries(profile).map(([key, value]) => `SET ${key} = ${value}`);
    await onConsole(context, pooler, planned.target.name, commands);
    return `${commands.join('; ')} (until this container starts again)`;
  },
  probe: async (planned, context) => {
    const profile = poolerProfile(planned.parameters['profile'] ?? '') ?? {};
    const differences = profileDifferences(await effective(planned, context), profile);
    return answer(
      context,
      differences.length === 0,
      differences.join('; ') || 'SHOW CONFIG shows the wanted values',
    );
  },
});
