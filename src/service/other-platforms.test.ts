import { expect, test } from 'vitest';

import { definitionFor, refuseToInstall } from './other-platforms.ts';
import { runProgram } from './run.ts';

const here = {
  run: runProgram,
  folder: '/srv/shop',
  environment: { PATH: '/opt/bin' },
  uid: 501,
  version: '1.2.3',
};

test.for([
  ['darwin', '<string>watch</string>'],
  ['win32', 'watch --context k3d-shop --stack'],
] as const)('on %s a definition is printed that says that it is untested', ([platform, text]) => {
  const printed = definitionFor(platform, { context: 'k3d-shop', stack: 'rekindle.yaml' }, here);
  expect(printed?.text).toContain(text);
  expect(printed?.text).toContain('/srv/shop/rekindle.yaml');
  expect(printed?.text).toContain('untested');
  expect(() => refuseToInstall(platform)).toThrow(/rekindle service install --print/);
});

test('Linux has systemd, and others have nothing', () => {
  expect(definitionFor('linux', {}, here)).toBeUndefined();
  expect(() => definitionFor('aix', {}, here)).toThrow(/aix/);
});
