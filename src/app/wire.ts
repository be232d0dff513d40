import { readFileSync } from 'node:fs';
import process from 'node:process';

import { SqliteJournal } from '../adapters/stores/sqlite-journal.ts';
import { sqlClient } from '../adapters/databases/sql-client.ts';
import { frontDoorClient } from '../adapters/front-door/client.ts';
import { createClusterReader } from '../adapters/kubernetes/cluster-reader.ts';
import { createClusterWriter } from '../adapters/kubernetes/cluster-writer.ts';
import { bindContext, kubeContexts, loadKubeConfig } from '../adapters/kubernetes/kube-config.ts';
import { createK3dProvider } from '../adapters/providers/k3d.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { ActContext } from '../act/define-step.ts';
import { KeptAnswers } from '../observe/kept-answers.ts';
import type { ClusterProvider } from '../ports/cluster-provider.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { journalPath } from '../record/paths.ts';
import { parseStackFile } from '../stack-file/parse.ts';
import type { StackFile } from '../stack-file/schema.ts';
import { StackSource } from './stack-source.ts';
import { chooseTarget, type Target } from './target.ts';

export interface WireOptions {
  readonly context?: string | undefined;
  readonly stack?: string | undefined;
  readonly namespace?: string | undefined;
  readonly journal?: string | undefined;
  readonly signal: AbortSignal;
}

/** Everything a command needs, built once; the only place that knows which adapter serves which port. */
export interface Wired {
  readonly context: ActContext;
  readonly source: StackSource;
  readonly target: Target;
  readonly store: JournalStore;
  readonly close: () => void;
}

const defaultStackFile = 'rekindle.yaml';

/** The named stack file, else ./rekindle.yaml, else none. Throws when the named one cannot be read or is not valid. */
function stackFile(name: string | undefined): StackFile | undefined {
  const file = name ?? defaultStackFile;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (name === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`the stack file ${file} cannot be read; check its name and permissions`, {
      cause: error,
    });
  }
  return parseStackFile(text, file);
}

/** The provider alone: enough to wait until the container engine answers. */
export function wireProvider(): ClusterProvider {
  return createK3dProvider();
}

/** Builds the adapters for one command. Throws TargetUnclear, StackFileInvalid, JournalUnavailable, KubeConfigUnusable. */
export async function wire(options: WireOptions, provider: ClusterProvider): Promise<Wired> {
  const file = stackFile(options.stack);
  const kubeConfig = loadKubeConfig();
  const { contexts, current } = kubeContexts(kubeConfig);
  const target = chooseTarget({
    wanted: options.context ?? file?.spec.cluster?.context,
    cluster: file?.spec.cluster?.name,
    contexts,
    current,
    clusters: await provider.clusters(),
  });
  const bound = bindContext(kubeConfig, target.context);
  const reader = createClusterReader(bound);
  const store = openJournal(options.journal);
  const source = new StackSource({
    target,
    file,
    namespace: options.namespace,
    reader,
    provider,
    events: store.events(),
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
    signal: options.signal,
  };
  return { context, source, target, store, close: () => store.close() };
}

/** Opens the journal alone, for commands that need no cluster. Throws JournalUnavailable. */
export function openJournal(file: string | undefined): JournalStore {
  return SqliteJournal.open(file ?? journalPath());
}

/** Version of this Rekindle, from its package. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

/** Interrupts on the first Ctrl-C or SIGTERM; the second one ends the process as the system does. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new Error(`interrupted by ${signal}`)));
  }
  return controller.signal;
}
