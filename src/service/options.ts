import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

import { localStackFile } from '../app/stack-file-lookup.ts';
import type { ServiceOptions } from './service-spec.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What was asked for on the command line; paths as they were typed. */
export interface GivenOptions {
  readonly context?: string | undefined;
  readonly stack?: string | undefined;
  readonly namespace?: string | undefined;
  readonly journal?: string | undefined;
}

/** From where the installation was started. */
export interface Origin {
  readonly folder: string;
  readonly environment: Environment;
  /** False under sudo: folders of the user who types are not those of the user the agent runs as. */
  readonly isOwn: boolean;
}

/** Taken from the environment as they are: addresses and names. */
const names = ['DOCKER_HOST', 'DOCKER_CONTEXT'] as const;

/** Folders of a user; a relative one is ignored, as the XDG base directory specification demands. */
const ownFolders = ['DOCKER_CONFIG', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'] as const;

function kubeconfigs(list: string | undefined, folder: string): string | undefined {
  const files = (list ?? '').split(delimiter).filter((file) => file !== '');
  return files.length === 0 ? undefined : files.map((file) => resolve(folder, file)).join(delimiter);
}

/** The variables by which this program finds its engine, kubeconfig and state, as they are where it was typed. */
function foundEnvironment({ folder, environment, isOwn }: Origin): Record<string, string> {
  const folders = isOwn ? ownFolders.filter((name) => isAbsolute(environment[name] ?? '')) : [];
  const found = [...names, ...folders].map((name) => [name, environment[name]] as const);
  const all = [['KUBECONFIG', kubeconfigs(environment['KUBECONFIG'], folder)] as const, ...found];
  return Object.fromEntries(all.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function absolute(folder: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(folder, path);
}

/** `./rekindle.yaml` is taken as it would be by `rekindle up` here; the agent has another working folder. */
function stackHere({ folder }: Origin): string | undefined {
  const file = join(folder, localStackFile);
  return existsSync(file) ? file : undefined;
}

/** What the agent will be started with: what was given now, else what an earlier installation had, else what lies here. */
export function chosenOptions(
  given: GivenOptions,
  origin: Origin,
  earlier: ServiceOptions | undefined,
): ServiceOptions {
  const { folder } = origin;
  return {
    context: given.context ?? earlier?.context,
    stack: absolute(folder, given.stack) ?? earlier?.stack ?? stackHere(origin),
    namespace: given.namespace ?? earlier?.namespace,
    journal: absolute(folder, given.journal) ?? earlier?.journal,
    environment: { ...earlier?.environment, ...foundEnvironment(origin) },
  };
}
