import type { RealApiServer } from '../../test/fakes/real-api-server.ts';

interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string; readonly image: string }[];
    readonly initContainers?: readonly {
      readonly name: string;
      readonly image: string;
      readonly restartPolicy?: string;
    }[];
    readonly affinity?: {
      readonly nodeAffinity?: {
        readonly requiredDuringSchedulingIgnoredDuringExecution?: {
          readonly nodeSelectorTerms: readonly {
            readonly matchFields?: readonly { readonly values: readonly string[] }[];
          }[];
        };
      };
    };
  };
  readonly status: { readonly phase?: string };
}

interface ClaimObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status: { readonly phase?: string };
}

const server = 'k3d-bench-server-0';
const agents = ['k3d-bench-agent-0', 'k3d-bench-agent-1'];

interface Named {
  readonly name: string;
  readonly image: string;
}

function containerStatus({ name, image }: Named, state: object, ready: boolean) {
  const imageID = `docker.io/bench@sha256:${'0'.repeat(64)}`;
  return { name, image, imageID, ready, restartCount: 0, state, started: ready };
}

/** One machine has one boot. */
const bootId = '6d8f0f7e-1d5d-4a6a-9f5d-2f6b7d1c9a10';

function nodeObject(name: string, index: number) {
  const role = name === server ? { 'node-role.kubernetes.io/control-plane': 'true' } : {};
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...role,
      },
    },
    status: {
      capacity: { cpu: '8', memory: '16Gi', pods: '110' },
      allocatable: { cpu: '8', memory: '16Gi', pods: '110' },
      addresses: [{ type: 'InternalIP', address: `172.18.0.${index + 3}` }],
      nodeInfo: {
        bootID: bootId,
        machineID: '',
        systemUUID: '',
        kernelVersion: '6.1.0',
        osImage: 'K3s',
        containerRuntimeVersion: 'containerd://2.1.5',
        kubeletVersion: 'v1.34.4+k3s1',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      conditions: [
        ['Ready', 'True'],
        ['MemoryPressure', 'False'],
        ['DiskPressure', 'False'],
        ['PIDPressure', 'False'],
      ].map(([type, status]) => ({ type, status, reason: 'StandIn', message: '' })),
    },
  };
}

/**
 * Stands in for the scheduler, the kubelets and the provisioner of local volumes, and writes only what they would: bindings,
 * statuses of pods that started and are ready, volumes. Everything else in the cluster is done by Kubernetes itself.
 */
export class NodeStandIn {
  readonly #api: RealApiServer;
  #addresses = 0;
  #next = 0;

  constructor(api: RealApiServer) {
    this.#api = api;
  }

  async register(): Promise<void> {
    for (const [index, name] of [server, ...agents].entries()) {
      const node = nodeObject(name, index);
      await this.#api.request('POST', '/api/v1/nodes', node);
      await this.#api.request('PATCH', `/api/v1/nodes/${name}/status`, { status: node.status });
      // Admission marks a new node as not ready; the node controller takes that off when its kubelet reports.
      await this.#api.request('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } });
    }
    await this.#api.request('POST', '/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'local-path',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    });
  }

  /** Nothing of it runs by itself. */
  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Does once what kubelets have to do now; gives a text that stays the same when there was nothing. */
  async pass(): Promise<string> {
    const pods = (await this.#api.request('GET', '/api/v1/pods'))['items'] as readonly PodObject[];
    for (const pod of pods) {
      if (pod.spec.nodeName === undefined) await this.#bind(pod);
      else if (pod.status.phase === 'Pending') await this.#start(pod);
    }
    const claims = (await this.#api.request('GET', '/api/v1/persistentvolumeclaims'))[
      'items'
    ] as readonly ClaimObject[];
    for (const claim of claims) if (claim.spec.volumeName === undefined) await this.#provision(claim);
    const lines = pods.map(
      ({ metadata, status }) => `${metadata.namespace}/${metadata.name} ${status.phase ?? ''}`,
    );
    return [...lines, ...claims.map(({ metadata, status }) => `${metadata.name} ${status.phase ?? ''}`)]
      .sort()
      .join('\n');
  }

  #nodeFor({ spec }: PodObject): string {
    const terms =
      spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    const wanted = terms.flatMap(({ matchFields = [] }) => matchFields.flatMap(({ values }) => values))[0];
    if (wanted !== undefined) return wanted;
    this.#next += 1;
    return agents[this.#next % agents.length] ?? server;
  }

  async #bind(pod: PodObject): Promise<void> {
    const { name, namespace } = pod.metadata;
    await this.#api.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { apiVersion: 'v1', kind: 'Node', name: this.#nodeFor(pod) },
    });
  }

  async #start({ metadata, spec }: PodObject): Promise<void> {
    this.#addresses += 1;
    const ip = `10.42.${Math.floor(this.#addresses / 250)}.${(this.#addresses % 250) + 2}`;
    const now = new Date().toISOString().replace(/\.\d+/, '');
    const isJob = metadata.ownerReferences?.some(({ kind }) => kind === 'Job') === true;
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
    const ended = { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
    const running = { running: { startedAt: now } };
    await this.#api.request(
      'PATCH',
      `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`,
      {
        status: {
          phase: isJob ? 'Succeeded' : 'Running',
          startTime: now,
          podIP: ip,
          podIPs: [{ ip }],
          conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
          initContainerStatuses: (spec.initContainers ?? []).map((container) =>
            container.restartPolicy === 'Always'
              ? containerStatus(container, running, true)
              : containerStatus(container, ended, true),
          ),
          containerStatuses: spec.containers.map((container) =>
            containerStatus(container, isJob ? ended : running, !isJob),
          ),
        },
      },
    );
  }

  async #provision({ metadata, spec }: ClaimObject): Promise<void> {
    const name = `pvc-${metadata.uid}`;
    await this.#api.request('APPLY', `/api/v1/persistentvolumes/${name}?fieldManager=bench&force=true`, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: spec.resources?.requests?.storage ?? '1Gi' },
        accessModes: spec.accessModes ?? ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Delete',
        ...(spec.storageClassName !== undefined && { storageClassName: spec.storageClassName }),
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          namespace: metadata.namespace,
          name: metadata.name,
          uid: metadata.uid,
        },
        hostPath: { path: `/var/lib/rancher/k3s/storage/${name}_${metadata.namespace}_${metadata.name}` },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [agents[0]] }] },
            ],
          },
        },
      },
    });
  }
}
