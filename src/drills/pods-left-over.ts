import { stringify } from 'yaml';

import { shopKubectl } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';
import { waitFor } from './wait-for.ts';

const image = 'rekindle-lab/jewelry-shop:1';
const name = 'gift-cards';
const job = 'stock-count';
const scratch = '/srv/scratch';

/** A workload whose pod may keep 1 MiB of scratch files, and a job that has done its work. */
const manifests = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: shop.namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { component: name } },
      template: {
        metadata: { labels: { component: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name,
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['python3', '-c', 'import time; time.sleep(1e6)'],
              volumeMounts: [{ name: 'scratch', mountPath: scratch }],
            },
          ],
          volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '1Mi' } }],
        },
      },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: job, namespace: shop.namespace },
    spec: {
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            { name: job, image, imagePullPolicy: 'IfNotPresent', command: ['python3', '-c', 'print(3)'] },
          ],
        },
      },
    },
  },
]
  .map((manifest) => stringify(manifest))
  .join('---\n');

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: { readonly phase?: string; readonly reason?: string };
  }[];
}

async function podsOf(lab: DrillLab, selector: string): Promise<Pods['items']> {
  return (JSON.parse(await shopKubectl(lab, ['get', 'pods', '-l', selector, '-o', 'json'])) as Pods).items;
}

async function evictedEntry(lab: DrillLab): Promise<string | undefined> {
  const pods = await podsOf(lab, `component=${name}`);
  return pods.find(({ status }) => status.phase === 'Failed' && status.reason === 'Evicted')?.metadata.name;
}

/** The kubelet evicts a pod whose emptyDir outgrows its limit (kubernetes.io, Local ephemeral storage). */
async function evict(lab: DrillLab): Promise<void> {
  const [pod] = await podsOf(lab, `component=${name}`);
  const fill = `open('${scratch}/full', 'wb').write(bytes(4 << 20))`;
  await shopKubectl(lab, ['exec', pod?.metadata.name ?? '', '--', 'python3', '-c', fill]);
  await waitFor('the kubelet to evict the pod', 150, () => evictedEntry(lab));
  await shopKubectl(lab, ['wait', `deployment/${name}`, '--for=condition=Available', '--timeout=60s']);
}

async function remove(lab: DrillLab): Promise<void> {
  await shopKubectl(lab, ['delete', 'deployment', name, '--ignore-not-found']);
  await shopKubectl(lab, ['delete', 'job', job, '--ignore-not-found']);
  await waitFor('the pods of the drill to go', 60, async () =>
    (await podsOf(lab, `component=${name}`)).length === 0 ? true : undefined,
  );
}

/** Nothing of it stays when it does not work. */
async function leave(lab: DrillLab): Promise<void> {
  try {
    await lab.kubectl(['apply', '-f', '-'], manifests);
    await shopKubectl(lab, ['wait', `deployment/${name}`, '--for=condition=Available', '--timeout=60s']);
    await shopKubectl(lab, ['wait', `job/${job}`, '--for=condition=Complete', '--timeout=60s']);
    await evict(lab);
  } catch (error) {
    await remove(lab);
    throw error;
  }
}

/** A pod was evicted and replaced, a job has finished, and the power goes: a list of pods that nobody can read. */
export const podsLeftOver = defineDrill({
  id: 'pods-left-over',
  title: 'An evicted pod and a finished job are left, and every pod ends with the power',
  inject: async (lab) => {
    await leave(lab);
    const [finished] = await podsOf(lab, `job-name=${job}`);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    const facts = { jobPod: finished?.metadata.uid ?? '' };
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts };
  },
  proof: async (lab) => {
    const entry = await waitFor('the list of pods after the boot', 60, () => evictedEntry(lab));
    return { proven: true, evidence: `${entry}: Failed, Evicted` };
  },
  expectedFindings: ['pod-left-over'],
  gone: async (lab, { facts }) => {
    const entry = await evictedEntry(lab);
    const [finished] = await podsOf(lab, `job-name=${job}`);
    const isKept = finished?.metadata.uid === facts['jobPod'] && finished?.status.phase === 'Succeeded';
    return {
      proven: entry === undefined && isKept,
      evidence: `${entry ?? 'no evicted entry'} left; the pod of the finished job is ${isKept ? 'kept' : 'gone'}`,
    };
  },
  undo: remove,
});
