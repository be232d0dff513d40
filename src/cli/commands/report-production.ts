import { backupStoreAt, usualBackupFolder } from '../../app/wire-backups.ts';
import { systemClock } from '../../app/clock.ts';
import type { StoredEvent } from '../../domain/journal-event.ts';
import { couldNotLook, saw, seen, type Looked } from '../../domain/looked.ts';
import { look } from '../../observe/look.ts';
import { collectProvenRestores, type BackupPlace } from '../../readiness/collect/proven-restores.ts';
import type { LastProvenRestore } from '../../readiness/last-proven-restore.ts';
import type { AgentFacts } from '../../readiness/production/agent-row.ts';
import type { ProductionInput } from '../../readiness/production/rows.ts';
import { readAgentState } from '../../record/agent-state-file.ts';
import { causeText } from '../../record/explained-error.ts';
import { isAlive } from '../../record/lock.ts';
import { agentStatePath } from '../../record/paths.ts';
import { managerFor, thisProcess } from '../../service/prepare.ts';
import { installedUnit } from '../../service/status.ts';
import { unitName } from '../../service/units/systemd-unit.ts';
import { version } from '../process.ts';
import type { Session } from '../session.ts';
import { evidenceKey } from './backup-list.ts';
import { databasePass } from './database-pass.ts';

/** A look may be slow on a busy machine; several are needed until every standby has answered, ms. */
const databasesMs = 60_000;

/** Reads at once what is here; a reason in place of an exception. */
function read<T>(from: string, work: () => T): Looked<T> {
  const at = systemClock.now();
  try {
    return saw(work(), from, at);
  } catch (error) {
    return couldNotLook(causeText(error), from, at);
  }
}

function lastAgent(cluster: string): AgentFacts['last'] {
  return read('state of the agent', () => {
    const kept = readAgentState(agentStatePath(cluster));
    if (kept === undefined) return 'none';
    return { lives: isAlive(kept.pid), says: `${kept.state}: ${kept.sentence}`, at: kept.at };
  });
}

async function startsAtBoot(): Promise<Looked<boolean>> {
  return look(systemClock, 'systemd', async () => {
    const manager = await managerFor(undefined, thisProcess(version()), 'read');
    if (installedUnit(manager) === undefined) return false;
    const { stdout } = await manager.systemctl('is-enabled', unitName);
    return stdout.trim() === 'enabled';
  });
}

function placeOf(place: string): BackupPlace {
  try {
    return backupStoreAt(place);
  } catch (error) {
    return { place, why: causeText(error) };
  }
}

/** The usual folder, and every other place in which this machine has examined a backup. */
function backupPlaces(context: string, events: Looked<readonly StoredEvent[]>): readonly BackupPlace[] {
  const others = (seen(events) ?? []).flatMap((event) =>
    event.type === 'backup-examined' ? [event.place] : [],
  );
  return [...new Set([usualBackupFolder(context), ...others])].map(placeOf);
}

/** Looks for what answers the questions about production. Reads only; what cannot be looked at says why. */
export async function collectProduction({
  context,
  log,
  target,
  store,
}: Session): Promise<Omit<ProductionInput, 'checked' | 'at'>> {
  const pass = await look(systemClock, 'observation', () => databasePass({ context, log }), databasesMs);
  const events = read('journal', () => store.events());
  return {
    context: target.context,
    events,
    databases: pass.looked
      ? pass.value.observation.databases
      : couldNotLook(pass.why, 'observation', systemClock.now()),
    restore: await provenRestores(context, target.context, events),
    agent: { last: lastAgent(target.cluster), startsAtBoot: await startsAtBoot() },
  };
}

async function provenRestores(
  { clock, provider, stack }: Session['context'],
  context: string,
  events: Looked<readonly StoredEvent[]>,
): Promise<LastProvenRestore> {
  const key = read('the key of evidence', () => evidenceKey(undefined));
  if (!key.looked) return key;
  const machine = await look(clock, 'container engine', () => provider.machine());
  const owner = { stack: stack.name, context };
  const source = { clock, publicKey: key.value, dataFolder: seen(machine)?.rootFolder, owner };
  return collectProvenRestores(source, backupPlaces(context, events));
}
