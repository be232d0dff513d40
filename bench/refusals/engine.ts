import { once } from 'node:events';
import { chmod, chown, copyFile, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

import { defineCase, type Ended, type RefusalCase, type RunOptions, type Site } from './define-case.ts';

/** Nobody's number on Debian and everywhere else (nobody, nogroup). */
const nobody = 65_534;

/** Runs the work beside an engine that has no container. */
async function withEmptyEngine<T>(site: Site, work: (socket: string) => Promise<T>): Promise<T> {
  const socket = path.join(site.folder, 'engine.sock');
  const server = http.createServer((request, response) => {
    const isList = request.url?.startsWith('/containers/json') === true;
    response.writeHead(isList ? 200 : 404).end(isList ? '[]' : '{"message":"no such thing"}');
  });
  server.listen(socket);
  await once(server, 'listening');
  try {
    return await work(socket);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The release as another user, who may read its own copies of everything and may not open the engine's socket. */
async function asNobody(site: Site): Promise<Ended> {
  const own = async (name: string, from: string, mode: number) => {
    const file = path.join(site.folder, name);
    await copyFile(from, file);
    await chown(file, nobody, nobody);
    await chmod(file, mode);
    return file;
  };
  await chmod(site.folder, 0o777);
  const kubeconfig = await own('kubeconfig', site.lab.kubeconfig, 0o600);
  return withEmptyEngine(site, async (socket) => {
    await chmod(socket, 0o600);
    const as = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--'];
    const options: RunOptions = {
      args: ['up', '--json', '--context', 'rekindle'],
      env: { DOCKER_HOST: `unix://${socket}`, KUBECONFIG: kubeconfig, HOME: site.folder },
      through: (argv) => [...as, ...argv],
    };
    // Whoever cannot start the program at all says nothing about the socket.
    const version = await site.rekindle({ ...options, args: ['--version'] });
    if (version.exitCode !== 0) throw new Error(`another user cannot start it: ${version.stderr}`);
    const ended = await site.rekindle(options);
    if (ended.seconds > 60) throw new Error(`it waited for ${Math.round(ended.seconds)} s`);
    return ended;
  });
}

/** A context of a cluster that was deleted, beside the lab's own. */
async function withGoneContext(site: Site): Promise<string> {
  const text = await readFile(site.lab.kubeconfig, 'utf8');
  const file = path.join(site.folder, 'kubeconfig');
  const gone = path.join(site.folder, 'gone');
  await writeFile(file, text, { mode: 0o600 });
  await writeFile(
    gone,
    `clusters: [{ name: k3d-gone, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: gone, user: {} }]
contexts: [{ name: k3d-gone, context: { cluster: k3d-gone, user: gone } }]
`,
  );
  return `${file}:${gone}`;
}

/** B2, B3: the container engine and what is in it. */
export const engineCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B2a',
    title: 'there is no Docker: no socket',
    expected: { exitCode: 2, says: /ENOENT .*systemctl start docker/ },
    needsWholeStack: false,
    run: (site) =>
      site.rekindle({
        args: ['up', '--json', '--timeout', '5s', '--context', 'rekindle'],
        env: { DOCKER_HOST: `unix://${path.join(site.folder, 'none.sock')}` },
      }),
  }),
  defineCase({
    id: 'B2b',
    title: 'Docker does not let this user in',
    expected: { exitCode: 2, says: /EACCES .*usermod -aG docker/ },
    needsWholeStack: false,
    run: asNobody,
  }),
  defineCase({
    id: 'B3a',
    title: 'the engine has no k3d cluster: none is taken for it, none is made',
    expected: { exitCode: 64, says: /no k3d cluster on this machine.*docker ps -a --filter label=app=k3d/ },
    needsWholeStack: false,
    run: (site) =>
      withEmptyEngine(site, (socket) =>
        site.rekindle({ args: ['up', '--json'], env: { DOCKER_HOST: `unix://${socket}` } }),
      ),
  }),
  defineCase({
    id: 'B3b',
    title: 'the context names a cluster that is not there any more',
    expected: {
      exitCode: 64,
      says: /k3d-gone leads to no local cluster: the clusters of this machine are: \S+/,
    },
    needsWholeStack: false,
    run: async (site) =>
      site.rekindle({
        args: ['up', '--json', '--context', 'k3d-gone'],
        env: { KUBECONFIG: await withGoneContext(site) },
      }),
  }),
];
