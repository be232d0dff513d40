import { profileDifferences, settingDifferences, type PoolerValues } from '../../domain/pooler-profiles.ts';
import { settingsOf } from '../../domain/profile-parameters.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { onConsole, poolerOf } from './pooler-target.ts';

/** What the process works with, by SHOW CONFIG. */
export async function effectiveValues(planned: PlannedStep, context: ActContext): Promise<PoolerValues> {
  const { pooler } = await poolerOf(planned, context);
  const rows = await onConsole(context, pooler, planned.target.name, ['SHOW CONFIG']);
  return Object.fromEntries(rows.map((row) => [row['key'] ?? '', row['value'] ?? '']));
}

/** SET for what differs; a key that this PgBouncer does not know is left out, and SHOW CONFIG will say so. */
export async function setDifferences(
  planned: PlannedStep,
  context: ActContext,
  settings: PoolerValues,
): Promise<readonly string[]> {
  const differences = settingDifferences(await effectiveValues(planned, context), settings);
  const commands = differences
    .filter(({ effective }) => effective !== undefined)
    .map(({ key, wanted }) => `SET ${key} = ${wanted}`);
  if (commands.length === 0) return [];
  const { pooler } = await poolerOf(planned, context);
  await onConsole(context, pooler, planned.target.name, commands);
  return commands;
}

/** Sets the profile's values in one running PgBouncer. They last until its container starts again, or until RELOAD. */
export const applyPoolerProfile = defineStep({
  name: 'apply-pooler-profile',
  proofMs: 5000,
  precondition: async () => undefined,
  run: async (planned, context) => {
    if (planned.parameters['afresh'] === 'RELOAD') {
      const { pooler } = await poolerOf(planned, context);
      await onConsole(context, pooler, planned.target.name, ['RELOAD']);
    }
    const commands = await setDifferences(planned, context, settingsOf(planned.parameters));
    if (commands.length === 0) return 'nothing: it has these values already';
    return `${commands.join('; ')} (until this container starts again)`;
  },
  probe: async (planned, context) => {
    const effective = await effectiveValues(planned, context);
    const differences = profileDifferences(effective, settingsOf(planned.parameters));
    return answer(
      context,
      differences.length === 0,
      differences.join('; ') || 'SHOW CONFIG shows the wanted values',
    );
  },
});
