import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = path.dirname(import.meta.dirname);
const folder = path.join(root, '.github', 'workflows');

const step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  'working-directory': z.string().optional(),
});
const workflow = z.object({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({ 'runs-on': z.string(), 'timeout-minutes': z.number(), steps: z.array(step) }),
  ),
});

function stepsOf(file: string): readonly z.infer<typeof step>[] {
  const parsed = workflow.parse(parse(readFileSync(path.join(folder, file), 'utf8')));
  return Object.values(parsed.jobs).flatMap(({ steps }) => steps);
}

const files = readdirSync(folder);

describe.each(files)('workflow %s', (file) => {
  test('names every action by its commit, and may only read', () => {
    const { permissions } = workflow.parse(parse(readFileSync(path.join(folder, file), 'utf8')));
    expect(permissions).toEqual({ contents: 'read' });
    const actions = stepsOf(file).flatMap(({ uses }) => uses ?? []);
    for (const action of actions) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/u);
  });

  test('fetches nothing that no checksum vouches for', () => {
    const commands = stepsOf(file).flatMap(({ run }) => run ?? []);
    for (const command of commands)
      expect(command).not.toMatch(/\b(curl|wget|go install|npm install|npx)\b/u);
  });
});

test('the journeys on k3d are one command of this project, and leave their raw result', () => {
  const steps = stepsOf('k3d.yml');
  const scripts = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))).scripts;
  const commands = steps.flatMap(({ run }) => run ?? []).join('\n');
  expect(commands).toContain('npm ci');
  expect(commands).toMatch(/npm run --silent test:full -- --backend docker --results "\$RUNNER_TEMP\/raw"/u);
  expect(scripts).toHaveProperty('test:full');
  const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
  expect(upload).toMatchObject({ if: 'always()', with: { path: '${{ runner.temp }}/raw' } });
});

test('k3d has the version that the lab builds', () => {
  const built = readFileSync(path.join(root, 'lab', 'build', 'go-programs.ts'), 'utf8');
  const version = /version\.Version=(v[\d.]+)/u;
  const commands = stepsOf('k3d.yml').flatMap(({ run }) => run ?? []);
  expect(commands.join('\n')).toMatch(version);
  expect(version.exec(commands.join('\n'))?.[1]).toBe(version.exec(built)?.[1]);
});
