import type { CommanderError } from 'commander';

import { ExplainedError } from '../record/explained-error.ts';
import { redact } from '../record/redact.ts';
import { document } from '../report/json.ts';
import { exitCodes } from './exit-code.ts';

/** Why a command gave no answer, for people and as JSON. */
export interface Failure {
  readonly code: number;
  /** Name of the kind of error, for programs. */
  readonly kind: string;
  /** Cause, place and next move. */
  readonly message: string;
  readonly place?: string;
  readonly next?: string;
}

/** Kinds of errors with an exit code of their own; all others mean that nothing could be told (2). */
const codes: Readonly<Record<string, number>> = {
  StackFileInvalid: exitCodes.usage,
  StackFileUnreadable: exitCodes.usage,
  TargetUnclear: exitCodes.usage,
  KubeConfigUnusable: exitCodes.usage,
  UsageError: exitCodes.usage,
  AgentFileUnusable: exitCodes.usage,
  NotWritableInUnit: exitCodes.usage,
  ManifestsUnreadable: exitCodes.usage,
  AnotherAtWork: exitCodes.broken,
  AnotherAgent: exitCodes.broken,
  FolderRefused: exitCodes.usage,
  FolderUnreadable: exitCodes.usage,
  CertificateUnusable: exitCodes.usage,
  RecipientUnusable: exitCodes.usage,
  NothingToExport: exitCodes.usage,
  SecretInPlain: exitCodes.broken,
  RebuildRefused: exitCodes.broken,
  RestoreRefused: exitCodes.broken,
  PruneRefused: exitCodes.broken,
  DrillRefused: exitCodes.broken,
  ServiceRefused: exitCodes.broken,
  ServiceFailed: exitCodes.broken,
};

/** Commander's refusal, and the command that it is about: that one's help is the next move. */
export class CommandMisused extends Error {
  override readonly name = 'CommandMisused';
  /** As it is typed: `rekindle step run`. */
  readonly command: string;
  override readonly cause: CommanderError;

  constructor(command: string, cause: CommanderError) {
    super(cause.message);
    this.command = command;
    this.cause = cause;
  }
}

/** A group without a command, or with an unknown one after `help`: commander has printed what there is. */
function withoutCommand(group: string): Failure {
  const next = group.includes(' ')
    ? `Choose one of those above: ${group} ...`
    : 'Begin with: rekindle diagnose';
  const message = `A command is missing, or there is none of that name. ${next}`;
  return { code: exitCodes.usage, kind: 'UsageError', message, next };
}

function wrongUse({ command, cause: { code, message } }: CommandMisused): Failure {
  if (code === 'commander.help') return withoutCommand(command);
  const text = message
    .replace(/^error: /, '')
    .replace(' is invalid. ', ' is invalid: ')
    .replaceAll(/\s*\n\s*/g, ' ');
  const next = `See: ${command} --help`;
  const sentence = /[.?)]$/.test(text) ? text : `${text}.`;
  return { code: exitCodes.usage, kind: 'UsageError', message: `${sentence} ${next}`, next };
}

/** What went wrong and with which exit code the process ends; undefined when help or the version was asked for. */
export function failureOf(error: unknown, signal: AbortSignal): Failure | undefined {
  if (error instanceof CommandMisused) return error.cause.exitCode === 0 ? undefined : wrongUse(error);
  const message = redact(error instanceof Error ? error.message : String(error));
  const kind = error instanceof Error ? error.name : 'Error';
  if (signal.aborted) return { code: exitCodes.interrupted, kind: 'Interrupted', message };
  const explained = error instanceof ExplainedError ? { place: error.place, next: error.next } : {};
  return { code: codes[kind] ?? exitCodes.couldNotTell, kind, message, ...explained };
}

/** The failure as the one JSON document of a command with `--json`. */
export function failureDocument({ code, ...error }: Failure): string {
  return document('error', { error, exitCode: code });
}
