import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Folder of everything that Rekindle keeps: `${XDG_STATE_HOME:-~/.local/state}/rekindle`. A relative
 * XDG_STATE_HOME is ignored, as the XDG base directory specification demands.
 */
export function stateDirectory(environment: Environment = process.env): string {
  const configured = environment['XDG_STATE_HOME'];
  if (configured !== undefined && isAbsolute(configured)) return join(configured, 'rekindle');
  return join(environment['HOME'] || homedir(), '.local', 'state', 'rekindle');
}

/** Folder of what the user writes for Rekindle: `${XDG_CONFIG_HOME:-~/.config}/rekindle`; a relative path is ignored as above. */
export function configDirectory(environment: Environment = process.env): string {
  const configured = environment['XDG_CONFIG_HOME'];
  if (configured !== undefined && isAbsolute(configured)) return join(configured, 'rekindle');
  return join(environment['HOME'] || homedir(), '.config', 'rekindle');
}

/** Folder of what Rekindle makes for its user: `${XDG_DATA_HOME:-~/.local/share}/rekindle`; a relative path is ignored as above. */
export function dataDirectory(environment: Environment = process.env): string {
  const configured = environment['XDG_DATA_HOME'];
  if (configured !== undefined && isAbsolute(configured)) return join(configured, 'rekindle');
  return join(environment['HOME'] || homedir(), '.local', 'share', 'rekindle');
}

/** File in which the agent of one cluster says how it is; characters that do not belong in a file name are escaped. */
export function agentStatePath(cluster: string, environment: Environment = process.env): string {
  return join(stateDirectory(environment), `agent-${encodeURIComponent(cluster)}.json`);
}

/** File of the journal. */
export function journalPath(environment: Environment = process.env): string {
  return join(stateDirectory(environment), 'journal.db');
}

/** File of the host lock of one cluster; characters that do not belong in a file name are escaped. */
export function lockPath(cluster: string, environment: Environment = process.env): string {
  return join(stateDirectory(environment), `lock-${encodeURIComponent(cluster)}.db`);
}

/** File in which the backups of one stack say how they are; escaped names have no `@`. */
export function backupStatePath(context: string, stack: string): string {
  return join(stateDirectory(), `backup-${encodeURIComponent(context)}@${encodeURIComponent(stack)}.json`);
}

/** The one file for all stacks of a context that earlier versions wrote; now it is of what ended before its stack was known. */
export function sharedBackupStatePath(context: string): string {
  return join(stateDirectory(), `backup-${encodeURIComponent(context)}.json`);
}
