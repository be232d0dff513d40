import { parse } from 'yaml';

import type { Fields } from '../../harden/fields/fields.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import type { ChosenSecret } from '../choose.ts';
import { manifestText } from '../folder/manifest-text.ts';
import { neededProgram, outputOf, ownPlaces, type ProgramPlaces } from '../programs.ts';
import type { Sealing } from './sealed.ts';
import { plainManifest } from './secret-manifest.ts';

/** The recipient is none that age knows. */
export class RecipientUnusable extends ExplainedError {
  override readonly name = 'RecipientUnusable';
}

const install =
  'Install sops 3.10 or newer (https://getsops.io), or export with --secrets external, which needs no program.';

/** Recipients of age, separated by commas as sops takes them (age, README, "Recipient"). */
const recipients =
  /^(age1[0-9a-z]+|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+)(,(age1[0-9a-z]+|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+))*$/;

function checkRecipient(recipient: string): void {
  if (recipients.test(recipient)) return;
  // Somebody may have pasted the other half of the pair: then it must not be shown.
  const isKey = /AGE-SECRET-KEY-/i.test(recipient);
  throw new RecipientUnusable({
    what: 'The Secrets cannot be encrypted',
    cause: isKey ? 'this is the secret key, not the recipient' : 'this is no recipient of age',
    place: isKey ? '--age-recipient' : recipient,
    next: 'Name the public half: age-keygen -y key.txt shows it (age1...).',
  });
}

/**
 * Encrypts Secrets with sops for a recipient of age: names stay readable, values do not. They go to sops by standard input.
 * Throws ProgramMissing, RecipientUnusable; writing throws ProgramFailed.
 */
export function encryptWithSops(
  recipient: string,
  { signal, places = ownPlaces() }: { readonly signal?: AbortSignal; readonly places?: ProgramPlaces } = {},
): Sealing {
  checkRecipient(recipient);
  const program = neededProgram(['sops'], places, install);
  const write = async (secret: ChosenSecret): Promise<Fields> => {
    const encrypted = await outputOf({
      // The name of no file: sops looks for rules of its own beside it, and there are none in the root folder.
      argv: [
        program,
        'encrypt',
        '--age',
        recipient,
        '--encrypted-regex',
        '^(data|stringData)$',
        '--input-type',
        'yaml',
        '--output-type',
        'yaml',
        '--filename-override',
        '/secret.yaml',
      ],
      input: manifestText(plainManifest(secret)),
      signal,
    });
    return parse(encrypted) as Fields;
  };
  return { write, recipient: `sops ${recipient}` };
}
