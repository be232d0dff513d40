import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Account } from './service-spec.ts';

/** Who may write what the agent runs and reads. */
export interface Trust {
  /** Whom the agent runs as; root is trusted beside them. */
  readonly account: Account;
  /** A group that has nobody else in it. */
  readonly privateGroup: number | undefined;
}

/** A file or folder on the way to a path. */
export interface PathPart {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Why others can change what lies at a path, and the command that ends it. */
export interface Objection {
  readonly path: string;
  readonly why: string;
  readonly mend: string;
}

/** As many links as Linux follows (path_resolution(7)). */
const mostLinks = 40;

function part(path: string, { uid, gid, mode }: Stats): PathPart {
  return { path, uid, gid, mode };
}

/**
 * Every folder from the root on, and the file itself, through which a path leads; those of symbolic links as well, for
 * whoever can write one of them decides what lies at the end. Throws the system's error, ENOENT when it is not there.
 */
export function partsOf(path: string): readonly PathPart[] {
  const parts = [part('/', lstatSync('/'))];
  let rest = resolve(path).split('/').filter(Boolean);
  let at = '/';
  let links = 0;
  while (rest.length > 0) {
    const [name = '', ...others] = rest;
    const here = name === '..' ? resolve(at, '..') : join(at, name);
    const stats = lstatSync(here);
    if (stats.isSymbolicLink()) {
      links += 1;
      if (links > mostLinks) throw new Error(`${path}: too many symbolic links`);
      const target = readlinkSync(here);
      if (target.startsWith('/')) at = '/';
      rest = [...target.split('/').filter((step) => step !== '' && step !== '.'), ...others];
    } else {
      parts.push(part(here, stats));
      at = here;
      rest = others;
    }
  }
  return parts;
}

const mayWrite = { group: 0o020, others: 0o002 } as const;
const sticky = 0o1000;

/** A path as a word of a shell's command line. */
function word(path: string): string {
  return /^[\w./@:+,=-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * What is wrong with one part; undefined when only those who are trusted can change it. An access control list shows in the
 * bits of the group (acl(5), Correspondence between ACL entries and file permission bits).
 */
export function objectionTo({ path, uid, gid, mode }: PathPart, trust: Trust): Objection | undefined {
  const { account, privateGroup } = trust;
  if (uid !== 0 && uid !== account.uid) {
    const owner = path.startsWith(`${account.home}/`) ? account.name : 'root';
    return { path, why: `it belongs to user ${uid}`, mend: `chown ${owner} ${word(path)}` };
  }
  if ((mode & sticky) !== 0 && (mode & mayWrite.others) !== 0)
    return {
      path,
      why: 'everybody can put files into it',
      mend: 'move what lies there into a folder of its owner',
    };
  if ((mode & mayWrite.others) !== 0)
    return { path, why: 'everybody can write it', mend: `chmod o-w ${word(path)}` };
  if ((mode & mayWrite.group) !== 0 && gid !== 0 && gid !== privateGroup)
    return { path, why: `group ${gid} can write it`, mend: `chmod g-w ${word(path)}` };
  return undefined;
}

/** Everything on the way to the path that somebody else can change. Throws the system's error. */
export function objectionsTo(path: string, trust: Trust): readonly Objection[] {
  return partsOf(path).flatMap((each) => objectionTo(each, trust) ?? []);
}
