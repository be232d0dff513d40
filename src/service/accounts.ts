import process from 'node:process';

import { ServiceRefused } from './refused.ts';
import type { Run } from './run.ts';
import type { Account } from './service-spec.ts';
import { neededTool } from './tools.ts';

/** A line of the database of users (passwd(5)); undefined when it is none. */
export function parseAccount(line: string): Account | undefined {
  const [name, , uid, gid, , home] = line.trim().split(':');
  if (!name || !home?.startsWith('/') || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? ''))
    return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home };
}

/** The user of this name or number, from wherever this machine keeps its users. Throws ServiceRefused. */
export async function accountOf(user: string, run: Run): Promise<Account> {
  const { stdout } = await run([neededTool('getent'), 'passwd', user]);
  const account = parseAccount(stdout);
  if (account !== undefined) return account;
  throw new ServiceRefused({
    what: 'The service cannot run as this user',
    cause: 'this machine has no such user with a home',
    place: user,
    next: 'Name one of `getent passwd`.',
  });
}

/** The user of this process. Throws ServiceRefused. */
export async function ownAccount(run: Run): Promise<Account> {
  return accountOf(String(process.geteuid?.() ?? ''), run);
}

/** Whether nobody but this user is in the group, as where each user has a group of their own (group(5)). */
export function isPrivateGroup(line: string, account: Account): boolean {
  const [name, , gid, members = ''] = line.trim().split(':');
  if (name !== account.name || Number(gid) !== account.gid) return false;
  return members.split(',').every((member) => member === '' || member === account.name);
}

/** Number of the user's private group; undefined when its group may have others in it. */
export async function privateGroup(account: Account, run: Run): Promise<number | undefined> {
  const { stdout } = await run([neededTool('getent'), 'group', String(account.gid)]);
  return isPrivateGroup(stdout, account) ? account.gid : undefined;
}
