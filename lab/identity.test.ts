import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { labIdentity } from './identity.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-identity-'));
const env = { XDG_STATE_HOME: '/state', XDG_CACHE_HOME: '/cache' };

describe('labIdentity', () => {
  it('gives every name of a lab the same eight digits', () => {
    const { id, ...rest } = labIdentity(folder, '', env);
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(rest).toEqual({
      cluster: `rekindle-lab-${id}`,
      networkNamespace: `rkl-${id}`,
      cgroup: `rekindle-lab-${id}`,
      stateDir: `/state/rekindle/lab/${id}`,
      cacheDir: '/cache/rekindle',
    });
  });

  it('follows the real path of a checkout, not the name that it was reached by', () => {
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    expect(labIdentity(link, '', env).id).toBe(labIdentity(folder, '', env).id);
  });

  it('tells instances of one checkout apart, and checkouts', () => {
    const ids = [
      labIdentity(folder, '', env),
      labIdentity(folder, 'two', env),
      labIdentity(tmpdir(), '', env),
    ];
    expect(new Set(ids.map((found) => found.id)).size).toBe(3);
  });

  it('refuses a state folder that no socket can lie in', () => {
    const long = { ...env, XDG_STATE_HOME: `/${'long/'.repeat(20)}` };
    expect(() => labIdentity(folder, '', long)).toThrow('too long for the path of a socket');
  });
});
