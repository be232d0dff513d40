import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { causeText, errorCode, ExplainedError } from '../record/explained-error.ts';
import { configDirectory } from '../record/paths.ts';
import { registerSecret } from '../record/redact.ts';
import { checkedYaml } from '../yaml-file/checked.ts';
import { agentFileSchema, type AgentFile } from './schema.ts';

/** The agent's own configuration cannot be used. */
export class AgentFileUnusable extends ExplainedError {
  override readonly name = 'AgentFileUnusable';
}

const unusable = (place: string, cause: string, next: string): AgentFileUnusable =>
  new AgentFileUnusable({ what: "The agent's configuration cannot be used", cause, place, next });

/** Whoever may write this file may run programs as the agent: nobody else than its user and root. */
function refuseForeign(path: string, { mode, uid }: Stats): void {
  const own = userInfo().uid;
  if (uid !== own && uid !== 0)
    throw unusable(path, `it belongs to another user (${uid})`, `Make it yours: chown ${own} ${path}`);
  if ((mode & 0o022) !== 0)
    throw unusable(path, 'others may write to it', `Take that away: chmod go-w ${path}`);
}

/**
 * `${XDG_CONFIG_HOME:-~/.config}/rekindle/agent.yaml`; undefined when there is none. It is the only place that names programs
 * and addresses to be told: never a project's stack file, which comes with somebody else's work. Throws AgentFileUnusable.
 */
export function readAgentFile(path: string = join(configDirectory(), 'agent.yaml')): AgentFile | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unusable(path, causeText(error), 'Make it readable for the user of the agent.');
  }
  try {
    refuseForeign(path, fstatSync(file));
    const checked = checkedYaml(readFileSync(file, 'utf8'), agentFileSchema);
    if (!checked.ok)
      throw unusable(path, checked.problems.join('; '), 'Correct it and start the agent again.');
    const url = checked.data.notify?.webhook?.url;
    if (url !== undefined) registerSecret(url);
    return checked.data;
  } finally {
    closeSync(file);
  }
}
