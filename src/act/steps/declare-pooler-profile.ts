import { readFileSync } from 'node:fs';

import type { PlannedStep } from '../../domain/plan.ts';
import { replaceFile } from '../../record/replace-file.ts';
import { withPoolerProfile } from '../../stack-file/edit-pooler.ts';
import { parseStackFile } from '../../stack-file/parse.ts';
import { answer, defineStep } from '../define-step.ts';

function wanted({ parameters }: PlannedStep): string | undefined {
  return parameters['profile'] || undefined;
}

/** The profile that the file names now. Throws when the file cannot be read, or is none. */
function declared({ target: { name } }: PlannedStep): string | undefined {
  return parseStackFile(readFileSync(name, 'utf8'), name).spec.pooler?.profile;
}

/** Writes the name of the profile into the stack file, so that `up` and the agent want the same; nothing else changes in it. */
export const declarePoolerProfile = defineStep({
  name: 'declare-pooler-profile',
  proofMs: 1000,
  precondition: async (planned) => {
    const { before = '' } = planned.parameters;
    const now = declared(planned) ?? '';
    return now === before || now === (wanted(planned) ?? '')
      ? undefined
      : `it names profile ${now} by now, and somebody means that`;
  },
  run: async (planned) => {
    const { name } = planned.target;
    const text = readFileSync(name, 'utf8');
    const changed = withPoolerProfile(text, wanted(planned));
    // Never a file that cannot be read again.
    parseStackFile(changed, name);
    if (changed !== text) replaceFile(name, changed);
    return `spec.pooler.profile is ${wanted(planned) ?? 'not there any more'}`;
  },
  probe: async (planned, context) => {
    const now = declared(planned);
    return answer(context, now === wanted(planned), `the file names ${now ?? 'no profile'}`);
  },
});
