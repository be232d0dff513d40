import { randomBytes } from 'node:crypto';
import { z } from 'zod';

import type { Clock } from '../ports/clock.ts';
import type { ClusterReader, ClusterWriter, KubeObject, PodManifest } from '../ports/cluster.ts';
import type { PodPrograms } from '../ports/pod-programs.ts';
import { beforeTheBackup, NoScratchPlace, tidied } from './no-scratch-place.ts';
import type { ServerInPod } from './postgres/psql-session.ts';
import type { ScratchPlace } from './postgres/scratch-server.ts';
import { outputText, script } from './program-output.ts';

/** What of a database's pod a scratch pod takes over: read from the API, so anything may be missing. */
interface SourceSpec {
  readonly nodeName?: string;
  readonly imagePullSecrets?: unknown;
  readonly tolerations?: unknown;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

const container = 'scratch';
const folder = '/rekindle-scratch';

/** It ends by itself after this time, should whoever made it be killed, s. */
const lifetimeSeconds = 4 * 3600;

const readyMs = 120_000;
const readyEveryMs = 300;

/** Labels that no Service, operator or policy of the stack selects. */
const labels = { 'app.kubernetes.io/name': 'rekindle-scratch', 'app.kubernetes.io/managed-by': 'rekindle' };

/**
 * A pod with the programs of the database's own image, a folder that goes with it, no service account's token and nothing that
 * listens on the network. It runs as the user of the server's files, because initdb refuses to be root.
 */
export function scratchPod(
  source: SourceSpec,
  of: { readonly container: string; readonly uid: number; readonly gid: number },
): PodManifest {
  const image = source.containers.find(({ name }) => name === of.container)?.image ?? '';
  return {
    metadata: { name: `rekindle-scratch-${randomBytes(4).toString('hex')}`, labels },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifetimeSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(source.imagePullSecrets !== undefined && { imagePullSecrets: source.imagePullSecrets }),
      ...(source.tolerations !== undefined && { tolerations: source.tolerations }),
      // Where the image is already; another node may have to ask a registry that is not there.
      ...(source.nodeName !== undefined && {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                preference: {
                  matchExpressions: [
                    { key: 'kubernetes.io/hostname', operator: 'In', values: [source.nodeName] },
                  ],
                },
              },
            ],
          },
        },
      }),
      securityContext: {
        runAsUser: of.uid,
        runAsGroup: of.gid,
        fsGroup: of.gid,
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: container,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', String(lifetimeSeconds)],
          resources: { requests: { cpu: '50m', memory: '128Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          volumeMounts: [{ name: 'scratch', mountPath: folder }],
        },
      ],
      volumes: [{ name: 'scratch', emptyDir: {} }],
    },
  };
}

export interface ScratchContext {
  readonly reader: Pick<ClusterReader, 'get'>;
  readonly writer: Pick<ClusterWriter, 'createPod' | 'deletePod'>;
  readonly programs: PodPrograms;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

const podStatus = z.object({
  phase: z.string().default('unknown'),
  conditions: z.array(z.object({ message: z.string().optional() })).default([]),
  containerStatuses: z
    .array(
      z.object({
        state: z
          .object({ waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }) })
          .partial()
          .optional(),
      }),
    )
    .default([]),
});

/** What holds a pod up: its container's reason, else the first condition that says something. */
function stuck(pod: KubeObject): string {
  const { phase, conditions, containerStatuses } = podStatus.parse(pod['status'] ?? {});
  const waiting = containerStatuses.map(({ state }) => state?.waiting?.message ?? state?.waiting?.reason);
  const words = [...waiting, ...conditions.map(({ message }) => message)].find(Boolean);
  return words ?? `it is ${phase}`;
}

/** Waits until the pod runs. Throws NoScratchPlace with what holds it up. */
async function running({ reader, clock }: ScratchContext, made: KubeObject): Promise<void> {
  const { namespace = '', name } = made.metadata;
  const end = clock.monotonic() + readyMs;
  let last = made;
  while (clock.monotonic() < end) {
    const pod = await reader.get(podPath(namespace, name));
    if (pod === undefined) break;
    last = pod;
    const { phase } = podStatus.parse(pod['status'] ?? {});
    if (phase === 'Running') return;
    if (phase === 'Failed' || phase === 'Succeeded') break;
    await clock.sleep(readyEveryMs);
  }
  throw new NoScratchPlace({
    what: 'The pod in which backups are proven does not start',
    cause: stuck(last),
    place: `pod ${namespace}/${name}`,
    next: `kubectl -n ${namespace} describe pod says why (it is deleted again); then: rekindle backup verify`,
  });
}

/** Owner of the server's files in its container. Throws NoScratchPlace. */
async function ownerOf(programs: PodPrograms, server: ServerInPod): Promise<{ uid: number; gid: number }> {
  const { namespace, pod, container: name } = server;
  const text = `stat -c '%u %g' "$(psql -X -A -t -w -U "$1" -d postgres -c 'SHOW data_directory')"`;
  const argv = script('stat', text, server.superuser);
  const said = await beforeTheBackup(`It could not be found out whom the files of ${pod} belong to`, () =>
    outputText(programs, { namespace, pod, container: name, argv }),
  );
  const [uid = NaN, gid = NaN] = said.trim().split(' ').map(Number);
  return { uid, gid };
}

const mebi = (bytes: number): string => `${Math.ceil(bytes / 1_048_576)} MiB`;

/** Throws NoScratchPlace when the folder has less room than this. */
async function assertRoom(programs: PodPrograms, place: ScratchPlace, bytes: number): Promise<void> {
  const argv = script('df', `df -Pk "$1" | tail -n 1`, place.folder);
  const { namespace, pod } = place;
  const line = await beforeTheBackup('It could not be found out how much room there is', () =>
    outputText(programs, { namespace, pod, container: place.container, argv }),
  );
  const free = Number(line.trim().split(/\s+/).at(3)) * 1024;
  if (free >= bytes) return;
  throw new NoScratchPlace({
    what: 'There is no room to prove the backup',
    cause: `its node has ${mebi(free)} free, and ${mebi(bytes)} may be needed`,
    place: `pod ${namespace}/${pod}`,
    next: 'Make room on the disk, then: rekindle backup verify',
  });
}

/**
 * Makes a scratch pod beside this server, lends it to `use`, and deletes it whatever comes; one that cannot be deleted is told. Throws
 * NoScratchPlace, what the API refuses with (a quota, an admission), and what `use` throws.
 */
export async function withScratchPod<T>(
  context: ScratchContext,
  server: ServerInPod,
  neededBytes: number,
  use: (place: ScratchPlace) => Promise<T>,
): Promise<T> {
  const { reader, writer, programs, say } = context;
  const { namespace } = server;
  const source = await reader.get(podPath(namespace, server.pod));
  if (source === undefined)
    throw new NoScratchPlace({
      what: 'Backups cannot be proven without a pod of the database',
      cause: `pod ${server.pod} is gone`,
      place: `namespace ${namespace}`,
      next: 'Bring the stack back first: rekindle up',
    });
  const owner = await ownerOf(programs, server);
  const manifest = scratchPod(source['spec'] as SourceSpec, { container: server.container, ...owner });
  const pod = await writer.createPod({ namespace, pod: manifest });
  const { name, uid } = pod.metadata;
  try {
    await running(context, pod);
    const place = { namespace, pod: name, container, folder };
    await assertRoom(programs, place, neededBytes);
    return await use(place);
  } finally {
    const left = `pod ${namespace}/${name} could not be deleted and ends by itself within ${lifetimeSeconds / 3600} hours`;
    await tidied(say, left, () => writer.deletePod({ namespace, name, uid }));
  }
}
