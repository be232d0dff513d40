import { describe, expect, it } from 'vitest';

import { mergedPath } from '../build/image-layer.ts';
import { suiteTargets } from '../build/debian-archive.ts';
import { goIsEnough } from '../requirements.ts';
import { lackingCapabilities } from './capabilities.ts';
import { hierarchies } from './cgroups.ts';
import { parseStat } from './processes.ts';
import { startOrder } from './start-order.ts';

describe('what the lab reads from the machine', () => {
  it('finds the capabilities that the bounding set lacks', () => {
    expect(lackingCapabilities('CapBnd:\t000001fffeffffff\n')).toEqual(['CAP_SYS_RESOURCE']);
    expect(lackingCapabilities('CapBnd:\t000001ffffffffff\n')).toEqual([]);
  });

  it('reads a process whose name holds brackets and spaces', () => {
    const fields = ['S', '7', ...Array.from({ length: 17 }, () => '0'), '4711', '0'].join(' ');
    expect(parseStat(`42 (a) b (c) ${fields}`)).toEqual({ pid: 42, state: 'S', parent: 7, start: '4711' });
  });

  it('finds the cgroup hierarchies of version 1 and the single one of version 2', () => {
    const lines = '3:cpu,cpuacct:/\n2:name=systemd:/\n0::/\n';
    expect(hierarchies(lines, (folder) => !folder.endsWith('cgroup.controllers'))).toEqual([
      '/sys/fs/cgroup/cpu,cpuacct',
      '/sys/fs/cgroup/systemd',
    ]);
    expect(hierarchies('0::/\n', () => true)).toEqual(['/sys/fs/cgroup']);
  });

  it('takes only the main sources of the suite', () => {
    const lines = [
      'http://mirror/debian/ bookworm main',
      'http://mirror/debian/ bookworm-updates main',
      'http://mirror/debian/ bookworm contrib',
      'http://elsewhere/ cloud-sdk-bookworm main',
    ];
    expect(suiteTargets(lines.join('\n')).map((target) => target.release)).toEqual([
      'bookworm',
      'bookworm-updates',
    ]);
  });

  it('knows which Go builds the lab', () => {
    expect([undefined, '1.9', '1.24', '1.25', '2.0'].map(goIsEnough)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('never hides Debian’s links into /usr behind folders of a layer', () => {
    expect(mergedPath('/bin/k3s')).toBe('usr/bin/k3s');
    expect(mergedPath('/opt/bin/x')).toBe('opt/bin/x');
  });
});

describe('startOrder', () => {
  const addresses = { server: '172.18.0.2', agent: '172.18.0.10', balancer: '172.18.0.3' };

  it('leaves the start to the engine unless asked', () => {
    expect(startOrder({}, addresses)).toEqual([]);
    expect(startOrder({ order: ['agent'] }, addresses)).toEqual(['agent']);
  });

  it('moves everyone by one place, so that each gets another address', () => {
    expect(startOrder({ shuffleAddresses: true }, addresses)).toEqual(['agent', 'server', 'balancer']);
  });
});
