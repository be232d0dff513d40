import { findStackFile } from '../../app/stack-file-lookup.ts';
import { poolerProfiles } from '../../domain/pooler-profiles.ts';
import { profileListText, profileText } from '../../pooler/profile-report.ts';
import { poolerProfileOf } from '../../stack-file/apply.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { wantedProfile } from './pooler-profile-wanted.ts';

/** `rekindle pooler profile list`: no cluster is asked. */
export function profileListCommand(options: CommonOptions): number {
  const file = findStackFile(options.stack);
  const asked = file && poolerProfileOf(file.file);
  const said =
    asked === undefined ? 'No stack file asks for one.' : `${file?.path ?? ''} asks for: ${asked.name}`;
  const text = `${profileListText()}\n\n${said}`;
  answer(options, 'pooler-profile-list', { text, json: { profiles: poolerProfiles, asked: asked ?? null } });
  return exitCodes.healthy;
}

/** `rekindle pooler profile show [name]`: no cluster is asked. Throws UsageError. */
export function profileShowCommand(
  options: CommonOptions,
  _signal: AbortSignal,
  [name]: readonly string[],
): number {
  const profile = wantedProfile(name, findStackFile(options.stack));
  answer(options, 'pooler-profile-show', { text: profileText(profile), json: { profile } });
  return exitCodes.healthy;
}
