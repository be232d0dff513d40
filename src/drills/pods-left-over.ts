import { stringify } from 'yaml';

import { containersOf } from './containers.ts';
import { shopKubectl } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';
import { waitFor } from './wait-for.ts';

const image = 'rekindle-lab/jewelry-shop:1';
const name = 'gift-cards';
const job = 'stock-count';
const label = 'rekindle.dev/drill';

/** A workload that wants a node with a certain label, and a job that has done its work. */
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
          nodeSelector: { [label]: name },
          containers: [
            {
              name,
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['python3', '-c', 'import time; time.sleep(1e6)'],
            },
          ],
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

async function failedEntry(lab: DrillLab): Promise<string | undefined> {
  const pods = await podsOf(lab, `component=${name}`);
  const failed = pods.find(({ status }) => status.phase === 'Failed');
  return failed && `${failed.metadata.name} (${failed.status.reason ?? 'without a reason'})`;
}

async function setLabel(lab: DrillLab, node: string, value: string): Promise<void> {
  await lab.kubectl(['label', 'node', node, `${label}${value}`, '--overwrite']);
}

/**
 * The label moves to the other agent while the pod runs. A kubelet asks again whether it may run a pod when it starts:
 * this one is then rejected and stays as `Failed`, and another one takes its place (kubernetes pkg/kubelet/lifecycle,
 * predicateAdmitHandler).
 */
async function moveTheLabel(lab: DrillLab): Promise<void> {
  const [from = '', to = ''] = await containersOf(lab, 'agent');
  await setLabel(lab, from, `=${name}`);
  await lab.kubectl(['apply', '-f', '-'], manifests);
  await shopKubectl(lab, ['wait', `deployment/${name}`, '--for=condition=Available', '--timeout=60s']);
  await setLabel(lab, to, `=${name}`);
  await setLabel(lab, from, '-');
}

async function remove(lab: DrillLab): Promise<void> {
  await shopKubectl(lab, ['delete', 'deployment', name, '--ignore-not-found']);
  await shopKubectl(lab, ['delete', 'job', job, '--ignore-not-found']);
  await waitFor('the pods of the drill to go', 60, async () =>
    (await podsOf(lab, `component=${name}`)).length === 0 ? true : undefined,
  );
  for (const node of await containersOf(lab, 'agent')) await setLabel(lab, node, '-');
}

/** Nothing of it stays when it does not work. */
async function leave(lab: DrillLab): Promise<void> {
  try {
    await moveTheLabel(lab);
    await shopKubectl(lab, ['wait', `job/${job}`, '--for=condition=Complete', '--timeout=60s']);
  } catch (error) {
    await remove(lab);
    throw error;
  }
}

/** A node rejects a pod after the boot, a job has finished before it: a list of pods that nobody can read. */
export const podsLeftOver = defineDrill({
  id: 'pods-left-over',
  title: 'A pod that its node rejects after the power comes back, and a finished job, are left',
  inject: async (lab) => {
    await leave(lab);
    const [finished] = await podsOf(lab, `job-name=${job}`);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    const facts = { jobPod: finished?.metadata.uid ?? '' };
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts };
  },
  proof: async (lab) => {
    const entry = await waitFor('a pod that its node rejects', 120, () => failedEntry(lab));
    return { proven: true, evidence: `${entry} failed` };
  },
  expectedFindings: ['pod-left-over'],
  gone: async (lab, { facts }) => {
    const entry = await failedEntry(lab);
    const [finished] = await podsOf(lab, `job-name=${job}`);
    const isKept = finished?.metadata.uid === facts['jobPod'] && finished?.status.phase === 'Succeeded';
    return {
      proven: entry === undefined && isKept,
      evidence: `${entry ?? 'no failed entry'} left; the pod of the finished job is ${isKept ? 'kept' : 'gone'}`,
    };
  },
  undo: remove,
});
