import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { ActContext } from '../../src/act/define-step.ts';
import { DockerEngine } from '../../src/adapters/docker/engine.ts';
import { createK3dProvider } from '../../src/adapters/providers/k3d.ts';
import { emptyDirFolder } from '../../src/domain/empty-dir.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { KeptAnswers } from '../../src/observe/kept-answers.ts';
import { LateAnswers } from '../../src/observe/late-answers.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { fakeEngine, type FakeEngine } from './docker-engine.ts';
import { stack } from './observation.ts';
import { temporaryFolder } from './temporary-folder.ts';

const namespace = 'shop';
const owner = { kind: 'ReplicaSet', name: 'web-set', controller: true };
const node = 'agent-0';

/** The pod that the fake begins with, and the one that its controller makes in its place. */
export const oldPod = { name: 'web-old', uid: 'uid-of-web-old' };
export const newPod = { name: 'web-new', uid: 'uid-of-web-new' };

const container = {
  Id: node,
  Name: `/${node}`,
  Config: { Labels: { app: 'k3d', 'k3d.cluster': 'shop', 'k3d.role': 'agent' } },
  State: { Status: 'running', StartedAt: '2026-01-01T12:00:00Z', ExitCode: 0 },
  HostConfig: {},
  NetworkSettings: {},
};

/** A pod as the API has it; `containers` is the state of its only one. */
function podObject(pod: typeof oldPod, volumes: readonly unknown[], containerStatus: object): KubeObject {
  return {
    metadata: {
      ...pod,
      namespace,
      resourceVersion: '7',
      creationTimestamp: new Date().toISOString(),
      ownerReferences: [owner],
    },
    spec: { nodeName: node, volumes },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', ...containerStatus }] },
  };
}

/** Ended a second ago for the fourth time, or another: the kubelet waits 80 s. */
function waiting(restartCount = 4): object {
  return {
    restartCount,
    state: {
      waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container=main' },
    },
    lastState: { terminated: { exitCode: 1, finishedAt: new Date(Date.now() - 1000).toISOString() } },
  };
}

export interface FilesOfAPod {
  /** Folder on this machine of a volume of a pod, where its node has it. */
  readonly folder: (pod: { readonly uid: string }, volume?: string) => string;
  /** Folder of `--copy-out` for this run; made by whoever copies. */
  readonly copies: string;
  readonly planned: PlannedStep;
  readonly context: ActContext;
  readonly engine: FakeEngine;
  /** Pods of the API by name; a test may change them. */
  readonly pods: Map<string, KubeObject>;
  /** The old pod's container was started, has ended and waits again. */
  readonly crashAgain: () => void;
  /** What was done to the API: `rehearse`, `delete NAME`. */
  readonly done: string[];
  /** Called before an archive is sent or unpacked: 1 for the first. Throws to make the engine break off. */
  before: (what: 'read' | 'write', count: number) => void;
  /** Called when the controller has made the new pod and the kubelet its folders. */
  made: () => void;
  /** Called in the API's place before a pod is deleted, and before pods are listed. */
  api: (what: 'delete' | 'list' | 'rehearse') => Promise<void>;
}

/** Sends a folder as the engine does: a tar archive with the folder's own name before every other. */
async function sendArchive(folder: string, response: ServerResponse, breakOff: boolean): Promise<void> {
  if (!existsSync(folder)) {
    response.writeHead(404);
    response.end(JSON.stringify({ message: 'Could not find the file' }));
    return;
  }
  const argv = ['--format=posix', '--pax-option=delete=atime,delete=ctime', '--sort=name', '--numeric-owner'];
  const tar = spawn('tar', ['-C', dirname(folder), ...argv, '-cf', '-', basename(folder)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  response.writeHead(200, { 'Content-Type': 'application/x-tar' });
  for await (const chunk of tar.stdout) {
    response.write(chunk);
    if (breakOff) {
      response.socket?.destroy();
      return;
    }
  }
  response.end();
}

async function unpack(folder: string, archive: Buffer, response: ServerResponse): Promise<void> {
  const tar = spawn('tar', ['-C', folder, '-xpf', '-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(tar, 'exit');
  tar.stdin.end(archive);
  const [code] = (await ended) as [number];
  response.writeHead(code === 0 ? 200 : 500);
  response.end(JSON.stringify({ message: `tar ended with ${code}` }));
}

/**
 * A pod that waits out its back-off, with a volume `uploads` on a node. The container engine is a server on a unix socket
 * that sends and unpacks real tar archives of real folders; the API is a table.
 */
export async function filesOfAPod(
  volumes: readonly unknown[] = [{ name: 'uploads', emptyDir: {} }],
): Promise<FilesOfAPod> {
  const home = temporaryFolder();
  const root = join(home, 'node');
  const folder = ({ uid }: { readonly uid: string }, volume = 'uploads') =>
    join(root, emptyDirFolder(uid, volume));
  mkdirSync(folder(oldPod), { recursive: true });
  const pods = new Map([[oldPod.name, podObject(oldPod, volumes, waiting())]]);
  const fake = {
    before: () => undefined,
    made: () => undefined,
    api: () => Promise.resolve(),
  } as Pick<FilesOfAPod, 'before' | 'made' | 'api'>;
  let reads = 0;
  let writes = 0;
  const engine = await fakeEngine({
    'GET /containers/json': { json: [{ Id: node, Labels: container.Config.Labels }] },
    [`GET /containers/${node}/json`]: { json: container },
    [`GET /containers/${node}/archive`]: async ({ path }, response) => {
      reads += 1;
      await sendArchive(
        join(root, path),
        response,
        breaks(() => fake.before('read', reads)),
      );
    },
    [`PUT /containers/${node}/archive`]: async ({ path, body }, response) => {
      writes += 1;
      if (breaks(() => fake.before('write', writes))) response.socket?.destroy();
      else await unpack(join(root, path), body, response);
    },
  });
  const done: string[] = [];
  const crashAgain = () => void pods.set(oldPod.name, podObject(oldPod, volumes, waiting(5)));
  const podOf = (path: string) => pods.get(path.slice(path.lastIndexOf('/') + 1));
  const makeNewPod = (): void => {
    pods.delete(oldPod.name);
    pods.set(newPod.name, podObject(newPod, volumes, { restartCount: 0, state: { running: {} } }));
    for (const { name } of volumes as readonly { name: string }[])
      mkdirSync(folder(newPod, name), { recursive: true });
    fake.made();
  };
  const clock = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms: number, signal?: AbortSignal) => pause(Math.min(ms, 5), undefined, { signal }),
  };
  const context = {
    stack: { ...stack, namespace },
    clock,
    kept: new KeptAnswers(clock),
    late: new LateAnswers(clock),
    signal: new AbortController().signal,
    provider: createK3dProvider({
      engine: new DockerEngine({ url: engine.url, from: 'a test', socketPath: engine.socketPath }),
    }),
    reader: {
      get: (path: string) => Promise.resolve(podOf(path)),
      list: async () => {
        await fake.api('list');
        return [...pods.values()];
      },
    },
    writer: {
      rehearsePodCreation: async () => {
        await fake.api('rehearse');
        done.push('rehearse');
      },
      deletePod: async ({ name }: { readonly name: string }) => {
        await fake.api('delete');
        done.push(`delete ${name}`);
        makeNewPod();
      },
    },
  } as unknown as ActContext;
  const copies = join(home, 'copies', 'rekindle-20260101T120030Z');
  const planned: PlannedStep = {
    step: 'restart-pod-with-its-files',
    target: { kind: 'Pod', namespace, ...oldPod },
    risk: 'disruptive',
    because: 'crash-loop-tail',
    reason: '',
    provenBy: '',
    undo: '',
    evidenceAt: Date.now(),
    parameters: { owner: owner.name, copyOut: copies },
  };
  return Object.assign(fake, { folder, copies, planned, context, engine, pods, crashAgain, done });
}

/** Whether the engine is to break off in the middle of this request. */
function breaks(before: () => void): boolean {
  try {
    before();
    return false;
  } catch {
    // What a test throws there means nothing but that.
    return true;
  }
}
