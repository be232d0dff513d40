import { stringify } from 'yaml';

/** Port at which the front door is published; the load balancer passes it to the NodePort 30443 of overlay `lab`. */
export const frontDoorPort = 8443;
/** Port of the API server at 127.0.0.1 of the lab’s network. */
export const apiPort = 6550;
const frontDoorNodePort = 30_443;

/** Name of the label that marks every container of a lab; its value is the lab's nonce. */
export const nonceLabel = 'rekindle.dev/lab-nonce';

/** Folder of the audit policy and log inside the server node. */
const auditInNode = '/var/log/rekindle-audit';

/** What the cluster is made from. */
export interface ClusterSettings {
  readonly cluster: string;
  readonly image: string;
  readonly nonce: string;
  /** Port of the API server on the load balancer, at 127.0.0.1. */
  readonly apiPort: number;
  readonly doorPort: number;
  /** Folder of policy.yaml and audit.log, as the engine sees it. */
  readonly audit: string;
  /** Folder of image archives for the nodes, or undefined when the images are pulled. */
  readonly airgap: string | undefined;
}

/** Writes of the API server's log: who did what to which object, without bodies, when the answer is given. */
export const auditPolicy = stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
});

const apiServerFlags = [
  `audit-policy-file=${auditInNode}/policy.yaml`,
  `audit-log-path=${auditInNode}/audit.log`,
  // One file, never rotated: whoever counts writes reads on from where they were.
  'audit-log-maxsize=4096',
];

/** The configuration file for `k3d cluster create` (k3d.io/v1alpha5). */
export function k3dConfig(settings: ClusterSettings): string {
  const volumes = [{ volume: `${settings.audit}:${auditInNode}`, nodeFilters: ['server:0'] }];
  if (settings.airgap !== undefined) {
    const volume = `${settings.airgap}:/var/lib/rancher/k3s/agent/images`;
    volumes.push({ volume, nodeFilters: ['server:*', 'agent:*'] });
  }
  return stringify({
    apiVersion: 'k3d.io/v1alpha5',
    kind: 'Simple',
    metadata: { name: settings.cluster },
    servers: 1,
    agents: 2,
    image: settings.image,
    kubeAPI: { hostIP: '127.0.0.1', hostPort: String(settings.apiPort) },
    ports: [{ port: `${settings.doorPort}:${frontDoorNodePort}`, nodeFilters: ['loadbalancer'] }],
    volumes,
    options: {
      k3d: { wait: true, timeout: '240s' },
      k3s: {
        extraArgs: apiServerFlags.map((flag) => ({
          arg: `--kube-apiserver-arg=${flag}`,
          nodeFilters: ['server:*'],
        })),
      },
      kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      runtime: {
        labels: [
          { label: `${nonceLabel}=${settings.nonce}`, nodeFilters: ['server:*', 'agent:*', 'loadbalancer'] },
        ],
      },
    },
  });
}
