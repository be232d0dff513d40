/** Which cluster a command is about; the context names it for the Kubernetes API. */
export interface Target {
  readonly cluster: string;
  readonly context: string;
}

export interface TargetChoice {
  /** `--context`, or the context that the stack file names. */
  readonly wanted?: string | undefined;
  /** `spec.cluster.name` of the stack file. */
  readonly cluster?: string | undefined;
  readonly contexts: readonly { readonly name: string; readonly cluster: string }[];
  readonly current: string | undefined;
  /** Clusters whose containers are in the engine. */
  readonly clusters: readonly string[];
}

/** Nothing is done because it is not certain which cluster is meant; says what there is and how to name it. */
export class TargetUnclear extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetUnclear';
  }
}

const localName = (cluster: string) => cluster.replace(/^k3d-/, '');

function contextFor(cluster: string, { contexts, current }: TargetChoice): string {
  const fitting = contexts.filter((entry) => localName(entry.cluster) === cluster);
  const chosen = fitting.find((entry) => entry.name === current) ?? fitting[0];
  if (chosen !== undefined) return chosen.name;
  throw new TargetUnclear(
    `No context of the kubeconfig leads to cluster ${cluster}. Write one with: k3d kubeconfig merge ${cluster}`,
  );
}

/**
 * Chooses the target: the named context, else the current one if it names a local cluster that is there, else the
 * only local cluster. Throws TargetUnclear rather than guess.
 */
export function chooseTarget(choice: TargetChoice): Target {
  const { wanted, cluster, contexts, current, clusters } = choice;
  const list = clusters.length === 0 ? 'none' : clusters.join(', ');
  if (cluster !== undefined && !clusters.includes(cluster)) {
    throw new TargetUnclear(
      `The stack file names cluster ${cluster}; the clusters of this machine are: ${list}.`,
    );
  }
  const named = contexts.find((entry) => entry.name === (wanted ?? current));
  if (wanted !== undefined && named === undefined) {
    throw new TargetUnclear(
      `There is no context ${wanted}; known are: ${contexts.map((entry) => entry.name).join(', ')}.`,
    );
  }
  if (wanted !== undefined && named !== undefined) {
    if (clusters.includes(localName(named.cluster)))
      return { cluster: localName(named.cluster), context: named.name };
    throw new TargetUnclear(
      `Context ${wanted} leads to no local cluster; the clusters of this machine are: ${list}.`,
    );
  }
  if (cluster !== undefined) return { cluster, context: contextFor(cluster, choice) };
  if (named !== undefined && clusters.includes(localName(named.cluster))) {
    return { cluster: localName(named.cluster), context: named.name };
  }
  const [only, ...others] = clusters;
  if (only !== undefined && others.length === 0) return { cluster: only, context: contextFor(only, choice) };
  throw new TargetUnclear(
    only === undefined
      ? 'There is no k3d cluster on this machine. If it should be here, ask: docker ps -a --filter label=app=k3d'
      : `More than one cluster could be meant: ${list}. Name one with --context.`,
  );
}
