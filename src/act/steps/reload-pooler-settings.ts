import { differenceText, settingDifferences } from '../../domain/pooler-profiles.ts';
import { settingsOf } from '../../domain/profile-parameters.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { effectiveValues, setDifferences } from './apply-pooler-profile.ts';
import { onConsole, poolerOf } from './pooler-target.ts';

/**
 * A kubelet shows a changed ConfigMap after its sync period and the age of its cache, a minute or two (kubernetes.io,
 * "Mounted ConfigMaps are updated automatically"); the pooler's image looks every half minute, ms.
 */
const arrivalMs = 180_000;

const lookEveryMs = 3000;

async function reload(planned: PlannedStep, context: ActContext): Promise<string> {
  const { pooler } = await poolerOf(planned, context);
  await onConsole(context, pooler, planned.target.name, ['RELOAD']);
  const wanted = settingsOf(planned.parameters);
  const known = settingDifferences(await effectiveValues(planned, context), wanted);
  return known
    .filter(({ effective }) => effective !== undefined)
    .map(differenceText)
    .join('; ');
}

/**
 * RELOAD until the process's own files hold the values. A file that has not arrived yet gives the old ones: they are
 * set again by SET, so that nobody has to live with them meanwhile. No client is dropped by either.
 */
export const reloadPoolerSettings = defineStep({
  name: 'reload-pooler-settings',
  proofMs: 5000,
  precondition: async () => undefined,
  run: async (planned, context) => {
    const end = context.clock.monotonic() + arrivalMs;
    let differences = await reload(planned, context);
    while (differences !== '') {
      await setDifferences(planned, context, settingsOf(planned.parameters));
      if (context.clock.monotonic() > end)
        throw new Error(
          `its files do not hold them after ${arrivalMs / 1000} s (${differences}); SET does, until its next start`,
        );
      await context.clock.sleep(lookEveryMs, context.signal);
      differences = await reload(planned, context);
    }
    return 'RELOAD';
  },
  probe: async (planned, context) => {
    const differences = settingDifferences(
      await effectiveValues(planned, context),
      settingsOf(planned.parameters),
    );
    const text = differences.map(differenceText).join('; ');
    return answer(context, text === '', text === '' ? 'SHOW CONFIG shows the wanted values' : text);
  },
});
