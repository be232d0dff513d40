import { commandNotifier } from '../adapters/notify/command.ts';
import { desktopNotifier } from '../adapters/notify/desktop.ts';
import { webhookNotifier } from '../adapters/notify/webhook.ts';
import type { AgentFile } from '../agent-file/schema.ts';
import type { Notifier } from '../ports/notifier.ts';

/** Every way to reach a person that the agent's own configuration names. */
export function notifiersOf({ notify }: Pick<AgentFile, 'notify'>): readonly Notifier[] {
  const { desktop = false, webhook, command } = notify ?? {};
  const [program, ...args] = command ?? [];
  return [
    ...(desktop ? [desktopNotifier()] : []),
    ...(webhook === undefined ? [] : [webhookNotifier(webhook.url)]),
    ...(program === undefined ? [] : [commandNotifier([program, ...args])]),
  ];
}
