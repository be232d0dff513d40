import { createClusterReader } from '../adapters/kubernetes/cluster-reader.ts';
import { createClusterWriter } from '../adapters/kubernetes/cluster-writer.ts';
import { bindContext, parseKubeConfig } from '../adapters/kubernetes/kube-config.ts';
import { createPodPrograms } from '../adapters/kubernetes/pod-programs.ts';
import { keepPrivately } from '../adapters/kubernetes/private-kubeconfig.ts';
import { createK3dProvider } from '../adapters/providers/k3d.ts';
import { layersOf } from '../backup/from-nothing/layers.ts';
import type { ClusterAccess, Proven } from '../backup/from-nothing/context.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { systemClock } from './clock.ts';
import { recover } from './recover.ts';
import { refreshStack } from './refresh-stack.ts';
import { RunLog, type Listener } from './run-log.ts';
import { findStackFile, type FoundStackFile } from './stack-file-lookup.ts';
import { wire, type Wired } from './wire.ts';

/** A cluster that this program has made, and that no kubeconfig of the user's knows. */
export interface OpenedCluster {
  readonly access: () => Promise<ClusterAccess>;
  readonly layers: () => Promise<readonly (readonly string[])[]>;
  readonly prove: (timeoutMs: number) => Promise<Proven>;
}

export interface OpenOptions {
  readonly cluster: string;
  readonly namespace: string;
  readonly stack?: string | undefined;
  readonly store: JournalStore;
  readonly printer: Listener;
  readonly version: string;
  readonly signal: AbortSignal;
}

/** An API server that has just started is slow to answer while everything is made at once, ms. */
const readDeadlineMs = 15_000;
const writeDeadlineMs = 30_000;

/** The context of the user's stack file is of the cluster that is gone, and trusts another authority. */
function withoutContext(found: FoundStackFile | undefined, cluster: string): FoundStackFile | undefined {
  if (found === undefined) return undefined;
  const { spec } = found.file;
  return {
    ...found,
    file: { ...found.file, spec: { ...spec, cluster: { provider: 'k3d', name: cluster } } },
  };
}

/** The way into a cluster by what k3d gives; asked for once, when it is there. Throws K3dFailed, KubeConfigUnusable. */
export function openCluster(options: OpenOptions): OpenedCluster {
  const { cluster, namespace, store, printer, version, signal } = options;
  const provider = createK3dProvider();
  let access: ClusterAccess | undefined;
  let wired: Wired | undefined;
  const kubeconfig = async () => {
    const text = await provider.kubeconfig(cluster);
    return { config: parseKubeConfig(text, 'k3d kubeconfig get'), file: keepPrivately(cluster, text) };
  };
  const open = async (): Promise<ClusterAccess> => {
    const { config, file } = await kubeconfig();
    printer.said?.(`the cluster is reached by ${file}`);
    const bound = bindContext(config, config.currentContext);
    return {
      reader: createClusterReader(bound, { deadlineMs: readDeadlineMs }),
      writer: createClusterWriter(bound, { deadlineMs: writeDeadlineMs }),
      programs: createPodPrograms(bound),
    };
  };
  const whole = async (): Promise<Wired> => {
    const { config } = await kubeconfig();
    return wire({
      options: { context: config.currentContext, namespace, signal },
      provider,
      stackFile: withoutContext(findStackFile(options.stack), cluster),
      kubeConfig: config,
      store,
    });
  };
  return {
    access: async () => (access ??= await open()),
    layers: async () => {
      wired ??= await whole();
      await refreshStack(wired, { say: (line) => printer.said?.(line) });
      return layersOf(wired.context.stack.components);
    },
    prove: async (timeoutMs) => {
      wired ??= await whole();
      const log = new RunLog(wired, systemClock, printer);
      await refreshStack(wired, log);
      const asUp = { command: 'up', version, timeoutMs, tellsTasks: false } as const;
      const { verdict } = await recover({ ...wired, log }, asUp);
      const state = verdict.state === 'settling' ? 'broken' : verdict.state;
      return { state, sentence: verdict.sentence };
    },
  };
}
