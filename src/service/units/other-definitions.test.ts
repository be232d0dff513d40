import { expect, test } from 'vitest';

import { serviceSpec } from '../../../test/fakes/service-spec.ts';
import { agentPlist } from './agent-launchd.ts';
import { agentTask } from './agent-task.ts';
import { windowsWord } from './windows-task.ts';

const spec = serviceSpec(
  { scope: 'user', environment: { PATH: '/opt/homebrew/bin', KUBECONFIG: '/Users/a<b>&c/config' } },
  { stack: '/Users/alice/my "shop".yaml' },
);

test('launchd starts it at login and keeps it running, with every text as it is', () => {
  const plist = agentPlist(spec, '/Users/alice/Library/Logs/rekindle.log');
  expect(plist).toContain(
    `    <string>/usr/local/bin/rekindle</string>
    <string>watch</string>
    <string>--stack</string>
    <string>/Users/alice/my "shop".yaml</string>`,
  );
  expect(plist).toContain('    <key>KUBECONFIG</key>\n    <string>/Users/a&lt;b&gt;&amp;c/config</string>');
  expect(plist).toMatch(/<key>KeepAlive<\/key>\s*<true\/>/);
  expect(plist).toContain('untested');
});

test('a task of Windows starts it at login without an end, and again when it failed', () => {
  const task = agentTask(
    serviceSpec({ program: ['C:\\rekindle\\rekindle.exe'] }, { stack: 'C:\\my shop\\a.yaml' }),
  );
  expect(task).toContain('<Command>C:\\rekindle\\rekindle.exe</Command>');
  expect(task).toContain('<Arguments>watch --stack &quot;C:\\my shop\\a.yaml&quot;</Arguments>');
  expect(task).toContain('<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>');
  expect(task).toContain('untested');
});

test.for([
  ['C:\\plain\\path', 'C:\\plain\\path'],
  ['with space', '"with space"'],
  ['ends in\\', '"ends in\\\\"'],
  ['a "b"', String.raw`"a \"b\""`],
  [String.raw`a\"b`, String.raw`"a\\\"b"`],
] as const)('%j is written %s for Windows', ([word, written]) => {
  expect(windowsWord(word)).toBe(written);
});
