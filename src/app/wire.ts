import { SqliteJournal } from '../adapters/stores/sqlite-journal.ts';
import { sqlClient } from '../adapters/databases/sql-client.ts';
import { addressesOf } from '../adapters/host-names.ts';
import { frontDoorClient } from '../adapters/front-door/client.ts';
import { createClusterReader } from '../adapters/kubernetes/cluster-reader.ts';
import { createClusterWriter } from '../adapters/kubernetes/cluster-writer.ts';
import { createPodPrograms } from '../adapters/kubernetes/pod-programs.ts';
import { answersForeign } from '../adapters/kubernetes/foreign-authority.ts';
import { keepPrivately } from '../adapters/kubernetes/private-kubeconfig.ts';
import {
  bindContext,
  kubeContexts,
  loadKubeConfig,
  parseKubeConfig,
} from '../adapters/kubernetes/kube-config.ts';
import { createK3dProvider } from '../adapters/providers/k3d.ts';
import { k3dVersion } from '../adapters/providers/k3d-tool.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { ActContext } from '../act/define-step.ts';
import { KeptAnswers } from '../observe/kept-answers.ts';
import { LateAnswers } from '../observe/late-answers.ts';
import type { ClusterProvider } from '../ports/cluster-provider.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import type { PodPrograms } from '../ports/pod-programs.ts';
import { journalPath } from '../record/paths.ts';
import type { SelfTestParts } from '../service/self-test.ts';
import { findContextStackFile, findStackFile, type FoundStackFile } from './stack-file-lookup.ts';
import { rebuiltAccess, type RebuiltAccess } from './cluster-access.ts';
import { StackSource } from './stack-source.ts';
import { chooseTarget, knownContext, type ChosenTarget, type Target } from './target.ts';

export interface WireOptions {
  readonly context?: string | undefined;
  readonly stack?: string | undefined;
  readonly namespace?: string | undefined;
  readonly journal?: string | undefined;
  readonly signal: AbortSignal;
}

/** What a command needs before it may ask or wait for anything outside: every input is read and found to be good. */
export interface Inputs {
  readonly options: WireOptions;
  readonly provider: ClusterProvider;
  readonly stackFile: FoundStackFile | undefined;
  readonly kubeConfig: ReturnType<typeof loadKubeConfig>;
  readonly store: JournalStore;
}

/** Everything a command needs, built once; the only place that knows which adapter serves which port. */
export interface Wired {
  readonly context: ActContext;
  readonly source: StackSource;
  /** Programs in the stack's pods; healing uses none. */
  readonly programs: PodPrograms;
  readonly target: Target;
  readonly store: JournalStore;
  /** Addresses of a name on this machine; undefined: it has none. Throws when the resolver gave no answer. */
  readonly addressesOf: (name: string) => Promise<readonly string[] | undefined>;
  /** Path of the stack file that was applied; undefined when everything was discovered. */
  readonly stackFile: string | undefined;
  /** What is to be told when the user's kubeconfig has no way to the cluster; undefined: it has. */
  readonly accessNote: string | undefined;
}

/**
 * Reads the inputs of a command, so that a mistake in them is told at once and not after minutes of waiting for an
 * engine that is still starting. Throws StackFileUnreadable, StackFileInvalid, KubeConfigUnusable, TargetUnclear,
 * EngineUnreachable (for an address that cannot be used) and JournalUnavailable.
 */
export function readInputs(options: WireOptions): Inputs {
  const stackFile = findStackFile(options.stack);
  const kubeConfig = loadKubeConfig();
  const wanted = options.context ?? stackFile?.file.spec.cluster?.context;
  if (wanted !== undefined) knownContext(wanted, kubeContexts(kubeConfig).contexts);
  const provider = createK3dProvider();
  return { options, provider, stackFile, kubeConfig, store: openJournal(options.journal) };
}

/** The cluster that a command is about. Throws TargetUnclear and what `clusters` throws. */
export async function chosenTarget({
  options,
  provider,
  kubeConfig,
  stackFile,
}: Inputs): Promise<ChosenTarget> {
  const named = stackFile?.file.spec.cluster;
  const { contexts, current } = kubeContexts(kubeConfig);
  return chooseTarget({
    wanted: options.context ?? named?.context,
    cluster: named?.name,
    contexts,
    current,
    clusters: await provider.clusters(),
    engine: provider.place,
  });
}

/** Chooses the target and builds the adapters for one command. Throws TargetUnclear and what `clusters` throws. */
export async function wire(inputs: Inputs): Promise<Wired> {
  const { options, provider, kubeConfig, store } = inputs;
  const { contexts } = kubeContexts(kubeConfig);
  const chosen = await chosenTarget(inputs);
  const rebuilt = await rebuiltAccess({
    ...chosen,
    contexts,
    provider,
    answersForeign: (name) => answersForeign(createClusterReader(bindContext(kubeConfig, name))),
  });
  const usable =
    rebuilt === undefined ? kubeConfig : parseKubeConfig(rebuilt.kubeconfig, 'k3d kubeconfig get');
  const contextName = rebuilt === undefined ? chosen.context : usable.currentContext;
  const target: Target = { cluster: chosen.cluster, context: contextName ?? '', engine: provider.engine };
  const stackFile = inputs.stackFile ?? findContextStackFile(target.context);
  const bound = bindContext(usable, target.context);
  const accessNote = rebuilt && noteOf(target.cluster, rebuilt);
  const reader = createClusterReader(bound);
  const source = new StackSource({
    target,
    file: stackFile?.file,
    namespace: options.namespace,
    reader,
    provider,
    events: store.events({ types: ['stack-discovered'] }),
    discovered: (stack) => {
      store.append(
        { type: 'stack-discovered', run: 'discovery', context: target.context, stack },
        systemClock.now(),
      );
    },
  });
  const context: ActContext = {
    get stack() {
      return source.stack;
    },
    clock: systemClock,
    reader,
    writer: createClusterWriter(bound),
    provider,
    sql: sqlClient,
    door: frontDoorClient,
    kept: new KeptAnswers(systemClock),
    late: new LateAnswers(systemClock),
    signal: options.signal,
  };
  return {
    context,
    source,
    programs: createPodPrograms(bound),
    target,
    store,
    addressesOf,
    stackFile: stackFile?.path,
    accessNote,
  };
}

/** Keeps the rebuilt kubeconfig, and says why it was made and where it is. */
function noteOf(cluster: string, { why, kubeconfig }: RebuiltAccess): string {
  return `${why}; using what k3d gives: ${keepPrivately(cluster, kubeconfig)}`;
}

/** Opens the journal alone, for commands that need no cluster. Throws JournalUnavailable. */
export function openJournal(file: string | undefined): JournalStore {
  return SqliteJournal.open(file ?? journalPath());
}

/** Locks the journal for writing and lets it go; gives its path. Throws JournalUnavailable. */
function rehearsedJournal(file = journalPath()): string {
  const journal = SqliteJournal.open(file);
  try {
    journal.rehearse();
    return file;
  } finally {
    journal.close();
  }
}

/** What `readInputs` reads, one by one and without acting on it: for a self-test that answers for each. */
export function selfTestParts({ stack, journal }: Pick<WireOptions, 'stack' | 'journal'>): SelfTestParts {
  return {
    stackFile: () => findStackFile(stack)?.path,
    contexts: () => kubeContexts(loadKubeConfig()).contexts.map(({ name }) => name),
    clusters: () => createK3dProvider().clusters(),
    k3d: () => k3dVersion(),
    journal: () => rehearsedJournal(journal),
  };
}
