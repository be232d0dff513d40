import { eventually } from '../../lab/source/eventually.ts';
import { realApiServer, type RealApiServer } from '../../test/fakes/real-api-server.ts';
import { NodeStandIn } from './node-stand-in.ts';
import type { Manifest } from './manifest-files.ts';

/** The real controllers of Kubernetes that write what a checker reads: pods, endpoints, statuses. Only kubelets are stood in for. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'disruption-controller',
  'serviceaccount-controller',
  'persistentvolume-binder-controller',
  'clusterrole-aggregation-controller',
  'root-ca-certificate-publisher-controller',
];

/** A kind of the API server, as its discovery tells it. */
interface Kind {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** A Kubernetes without machines: API server, etcd and controllers are real. */
export class TestCluster {
  readonly api: RealApiServer;
  readonly nodes: NodeStandIn;
  readonly #kinds = new Map<string, readonly Kind[]>();

  constructor(api: RealApiServer, nodes: NodeStandIn) {
    this.api = api;
    this.nodes = nodes;
  }

  /** Throws when it does not come up. */
  static async start(): Promise<TestCluster> {
    const api = await realApiServer(controllers);
    const nodes = new NodeStandIn(api);
    try {
      await nodes.register();
      return new TestCluster(api, nodes);
    } catch (error) {
      await api.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.nodes.stop();
    await this.api.stop();
  }

  async #kindsOf(groupVersion: string): Promise<readonly Kind[]> {
    const known = this.#kinds.get(groupVersion);
    if (known !== undefined) return known;
    const root = groupVersion.includes('/') ? '/apis' : '/api';
    const { resources } = (await this.api.request('GET', `${root}/${groupVersion}`)) as {
      readonly resources: readonly Kind[];
    };
    const kinds = resources.filter(({ name }) => !name.includes('/'));
    this.#kinds.set(groupVersion, kinds);
    return kinds;
  }

  /** Where an object is in the API. Throws when the API does not know its kind. */
  async #place({ apiVersion, kind, metadata }: Manifest, namespace: string): Promise<string> {
    const found = (await this.#kindsOf(apiVersion)).find((entry) => entry.kind === kind);
    if (found === undefined) throw new Error(`the API server has no ${apiVersion} ${kind}`);
    const root = apiVersion.includes('/') ? '/apis' : '/api';
    const where = found.namespaced ? `/namespaces/${metadata.namespace ?? namespace}` : '';
    return `${root}/${apiVersion}${where}/${found.name}/${metadata.name}`;
  }

  async makeNamespace(name: string): Promise<void> {
    await this.api.request('APPLY', `/api/v1/namespaces/${name}?fieldManager=bench&force=true`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
  }

  /**
   * Applies objects in order; gives those that the API refused, with its words: a checker of a live cluster cannot see these,
   * and a resource of somebody's own is none of this cluster's.
   */
  async apply(
    manifests: readonly Manifest[],
    namespace: string,
  ): Promise<readonly { readonly manifest: Manifest; readonly why: string }[]> {
    const refused: { manifest: Manifest; why: string }[] = [];
    for (const manifest of manifests) {
      try {
        const place = await this.#place(manifest, namespace);
        await this.api.request('APPLY', `${place}?fieldManager=bench&force=true`, manifest);
      } catch (error) {
        refused.push({ manifest, why: error instanceof Error ? error.message : String(error) });
      }
    }
    return refused;
  }

  /** Waits until the controllers have nothing left to do: the same pods, all of them seen by the stand-in, for a while. */
  async settle(): Promise<void> {
    let before = '';
    let since = performance.now();
    await eventually(
      120_000,
      'rest of the controllers',
      async () => {
        const now = await this.nodes.pass();
        if (now !== before) {
          before = now;
          since = performance.now();
        }
        return performance.now() - since > 5000;
      },
      500,
    );
  }
}
