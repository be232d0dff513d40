import { streamDecode, streamEncode } from 'dns-packet';

import type { DnsFacts, DnsServerFacts, PodFacts, WorkloadFacts } from '../../domain/observation.ts';
import type { ClusterReader } from '../../ports/cluster.ts';
import { oneLine } from '../look.ts';
import type { ObserveContext } from '../context.ts';
import { podFacts } from '../pod-facts.ts';
import { workloadFacts } from '../workload-facts.ts';

/** Label and namespace that every distribution gives to its cluster DNS (CoreDNS manifests of kubeadm, k3s, kind). */
const dnsNamespace = 'kube-system';
const dnsLabel = 'k8s-app=kube-dns';

/** Nobody waits for these names, ms. */
const hostNamesMs = 10_000;

/** The list of servers, once all of them run, ms. */
const serversMs = 3000;

/** A server that answers goes on answering while it runs, ms. */
const answersMs = 5000;

/** A query that comes before the server has synced is never answered: it is better asked again, ms. */
const deadlineMs = 1200;

/** Asks one DNS server pod over TCP through a tunnel: what it would tell the pods that crash on "host not found". */
async function query(reader: ClusterReader, pod: string, name: string): Promise<void> {
  const stream = await reader.tunnel({ namespace: dnsNamespace, pod, port: 53 });
  try {
    const reply = new Promise<Buffer>((resolve, reject) => {
      let received = Buffer.alloc(0);
      stream.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.length > 2 && received.length >= received.readUInt16BE(0) + 2) resolve(received);
      });
      stream.on('error', reject);
      stream.on('close', () => reject(new Error('closed without an answer')));
    });
    stream.write(streamEncode({ type: 'query', id: 1, flags: 256, questions: [{ type: 'A', name }] }));
    const { answers = [], rcode } = streamDecode(await reply) as ReturnType<typeof streamDecode> & {
      rcode?: string;
    };
    if (!answers.some((answer) => answer.type === 'A'))
      throw new Error(`no address for ${name} (${rcode ?? '?'})`);
  } finally {
    stream.destroy();
  }
}

const isRunning = ({ containers }: PodFacts) => containers.some(({ state }) => state === 'running');

async function askServer(context: ObserveContext, pod: PodFacts, name: string): Promise<DnsServerFacts> {
  if (!isRunning(pod)) return { pod: pod.name, answers: false, why: 'not running' };
  const from = `DNS query to ${pod.name}`;
  const answer = await context.late.ask(
    `${from} ${pod.uid}`,
    from,
    () => query(context.reader, pod.name, name),
    deadlineMs,
  );
  return answer.looked
    ? { pod: pod.name, answers: true }
    : { pod: pod.name, answers: false, why: oneLine(answer.why) };
}

/** k3s keeps the names of nodes there, and k3d adds the host's (k3s manifests/coredns.yaml, k3d pkg/client/cluster.go). */
async function hostNames({ reader, kept }: ObserveContext): Promise<readonly string[] | undefined> {
  return kept.ask(
    'NodeHosts',
    hostNamesMs,
    async () => {
      const map = await reader.get(`/api/v1/namespaces/${dnsNamespace}/configmaps/coredns`);
      const list = (map?.['data'] as Readonly<Record<string, string>> | undefined)?.['NodeHosts'];
      return list?.split('\n').flatMap((line) => line.trim().split(/\s+/).slice(1));
    },
    (names) => names !== undefined,
  );
}

/** What should run the servers: a Deployment in every distribution that was looked at. */
async function dnsWorkloads(reader: ClusterReader): Promise<readonly WorkloadFacts[]> {
  const path = `/apis/apps/v1/namespaces/${dnsNamespace}/deployments`;
  const deployments = await reader.list(path, { labelSelector: dnsLabel });
  return deployments.map((object) => workloadFacts('Deployment', object));
}

/** Asks every DNS server pod for an address of this name, now. */
export async function askEveryServer(
  { reader }: Pick<ObserveContext, 'reader'>,
  name: string,
): Promise<readonly DnsServerFacts[]> {
  const pods = await reader.list(`/api/v1/namespaces/${dnsNamespace}/pods`, { labelSelector: dnsLabel });
  return Promise.all(
    pods.map(async ({ metadata: { name: pod } }) =>
      query(reader, pod, name).then(
        () => ({ pod, answers: true }),
        (error: unknown) => ({ pod, answers: false, why: oneLine(error) }),
      ),
    ),
  );
}

/** Whether the cluster's DNS answers for a Service of this stack, asked on each server pod. */
export async function collectDns(context: ObserveContext): Promise<DnsFacts> {
  const path = `/api/v1/namespaces/${dnsNamespace}/pods`;
  const pods = await context.kept.ask(
    path,
    serversMs,
    () => context.reader.list(path, { labelSelector: dnsLabel }),
    (found) => found.length > 0 && found.every((object) => isRunning(podFacts(object))),
  );
  const service = context.stack.databases[0];
  const name =
    service === undefined
      ? 'kubernetes.default.svc.cluster.local'
      : `${service.cluster}.${service.namespace}.svc.cluster.local`;
  const servers = await Promise.all(
    pods.map((object) => {
      const pod = podFacts(object);
      const key = `dns ${pod.uid} ${pod.containers[0]?.startedAt ?? 0}`;
      return context.kept.ask(
        key,
        answersMs,
        () => askServer(context, pod, name),
        (facts) => facts.answers,
      );
    }),
  );
  if (servers.length === 0) return { servers, workloads: await dnsWorkloads(context.reader) };
  const names = servers.some(({ answers }) => answers) ? await hostNames(context) : undefined;
  return { servers, ...(names && { hostNames: names }) };
}
