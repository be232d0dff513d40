import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { devicesOf } from './disk.ts';
import { mountsBelow } from './remove-machine.ts';
import { raiseSysctls, restoreSysctls } from './sysctls.ts';

describe('what a lab may have left', () => {
  it('finds its loop devices, and none of a file that only begins like its own', () => {
    const listed = '/dev/loop0 /s/data.img\n/dev/loop1 /s/data.img (deleted)\n/dev/loop12 /s/data.img.old\n';
    expect(devicesOf('/s/data.img', listed)).toEqual(['/dev/loop0', '/dev/loop1']);
    expect(devicesOf('/s/data.img', '')).toEqual([]);
  });

  it('finds mounts at and below its folder, blanks included, and none beside it', () => {
    const mounts = ['/s/my\\040lab', '/s/my\\040lab/run', '/s/my\\040lab2', '/s'];
    const text = mounts.map((point) => `tmpfs ${point} tmpfs rw 0 0`).join('\n');
    expect(mountsBelow(text, '/s/my lab')).toEqual(['/s/my lab', '/s/my lab/run']);
  });
});

describe('settings of the machine', () => {
  const name = 'fs/inotify/max_user_instances';

  function machine() {
    const root = mkdtempSync(path.join(tmpdir(), 'rekindle-sysctl-'));
    const places = { folder: path.join(root, 'notes'), settings: path.join(root, 'settings') };
    mkdirSync(path.join(places.settings, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(places.settings, name), '128\n');
    const value = () => readFileSync(path.join(places.settings, name), 'utf8').trim();
    return { places, value };
  }

  it('are raised once, and put back with the last lab', async () => {
    const { places, value } = machine();
    expect(await raiseSysctls('one', places)).toEqual([`${name}: 128 -> 1024`]);
    expect(await raiseSysctls('two', places)).toEqual([]);
    expect(await restoreSysctls('one', places)).toEqual([]);
    expect(value()).toBe('1024');
    expect(await restoreSysctls('two', places)).toEqual([`${name} = 128`]);
    expect(value()).toBe('128');
    expect(existsSync(places.folder)).toBe(false);
  });

  it('are put back also after a crash in the middle of taking the notes', async () => {
    const { places, value } = machine();
    mkdirSync(path.join(places.folder, 'labs'), { recursive: true });
    writeFileSync(path.join(places.folder, 'sysctls.json.partial'), '{"fs/ino');
    expect(await restoreSysctls('one', places)).toEqual([]);
    expect(value()).toBe('128');
    expect(existsSync(places.folder)).toBe(false);
  });
});
