import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { isAlive, killNow, processStart, type ProcessRef } from '../source/processes.ts';

const fileOf = (stateDir: string) => path.join(stateDir, 'network-policies.pid');

async function recorded(stateDir: string): Promise<ProcessRef | undefined> {
  const file = fileOf(stateDir);
  if (!existsSync(file)) return undefined;
  const [pid = '', start = ''] = (await readFile(file, 'utf8')).trim().split(' ');
  return { pid: Number(pid), start };
}

/** Starts the enforcer of this lab unless it runs; it goes on through cuts and boots until it is stopped. */
export async function startEnforcer(stateDir: string, checkout: string): Promise<void> {
  const running = await recorded(stateDir);
  if (running !== undefined && (await isAlive(running))) return;
  await mkdir(stateDir, { recursive: true });
  const log = await open(path.join(stateDir, 'network-policies.log'), 'a');
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts'), checkout], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  child.unref();
  const start = child.pid === undefined ? undefined : await processStart(child.pid);
  if (child.pid === undefined || start === undefined) throw new Error('the enforcer could not be started');
  await writeFile(fileOf(stateDir), `${child.pid} ${start}\n`);
}

/** Ends it; what it put in place stays on a node until that node is started anew. True when it ran. */
export async function stopEnforcer(stateDir: string): Promise<boolean> {
  const running = await recorded(stateDir);
  await rm(fileOf(stateDir), { force: true });
  if (running === undefined || !(await isAlive(running))) return false;
  killNow(running.pid);
  return true;
}
