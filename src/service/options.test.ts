import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { chosenOptions, type Origin } from './options.ts';
import { targetArguments } from './service-spec.ts';

function origin(changes: Partial<Origin> = {}): Origin {
  return { folder: '/srv/shop', environment: {}, isOwn: true, ...changes };
}

test('paths are absolute, and what names the engine and the cluster goes with them', () => {
  const environment = {
    KUBECONFIG: 'a:/etc/b::c/d',
    DOCKER_HOST: 'unix:///run/user/1000/docker.sock',
    XDG_STATE_HOME: '/home/alice/state',
    XDG_CONFIG_HOME: 'relative',
    HTTP_PROXY: 'http://proxy',
    SECRET: 'x',
  };
  expect(chosenOptions({ stack: 'x.yaml', journal: '../j.db' }, origin({ environment }), undefined)).toEqual({
    context: undefined,
    stack: '/srv/shop/x.yaml',
    namespace: undefined,
    journal: '/srv/j.db',
    environment: {
      KUBECONFIG: '/srv/shop/a:/etc/b:/srv/shop/c/d',
      DOCKER_HOST: 'unix:///run/user/1000/docker.sock',
      XDG_STATE_HOME: '/home/alice/state',
    },
  });
});

test('the stack file that lies here is meant, as it would be by `rekindle up`', () => {
  const folder = temporaryFolder();
  expect(chosenOptions({}, origin({ folder }), undefined).stack).toBeUndefined();
  writeFileSync(join(folder, 'rekindle.yaml'), '');
  expect(chosenOptions({}, origin({ folder }), undefined).stack).toBe(join(folder, 'rekindle.yaml'));
});

test('what an earlier installation had is kept unless it is named', () => {
  const earlier = {
    context: 'k3d-shop',
    stack: '/a.yaml',
    namespace: 'shop',
    environment: { DOCKER_HOST: 'unix:///a', KUBECONFIG: '/a' },
  };
  const environment = { DOCKER_HOST: 'unix:///b' };
  const chosen = chosenOptions({ namespace: 'other' }, origin({ environment }), earlier);
  expect(chosen).toMatchObject({ context: 'k3d-shop', stack: '/a.yaml', namespace: 'other' });
  expect(chosen.environment).toEqual({ DOCKER_HOST: 'unix:///b', KUBECONFIG: '/a' });
});

test("under sudo root's own folders are not those of the agent's user", () => {
  const environment = {
    XDG_STATE_HOME: '/root/state',
    DOCKER_CONFIG: '/root/.docker',
    DOCKER_HOST: 'unix:///a',
  };
  expect(chosenOptions({}, origin({ environment, isOwn: false }), undefined).environment).toEqual({
    DOCKER_HOST: 'unix:///a',
  });
});

test('only what was chosen is an argument of the agent', () => {
  expect(targetArguments({ context: 'a', namespace: 'b', environment: {} })).toEqual([
    '--context',
    'a',
    '--namespace',
    'b',
  ]);
});
