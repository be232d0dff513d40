import type { Inventory } from '../discover/inventory.ts';
import { couldNotLook, type Looked } from '../domain/looked.ts';
import type { NodeContainer, PodFacts } from '../domain/observation.ts';
import type { Component, Stack } from '../domain/stack.ts';
import type { Budget } from './budget.ts';
import type { WorkloadSpec } from './workload-spec.ts';

/** What a container answered to a GET that was sent to its pod, without following redirects. */
export interface HttpLook {
  readonly path: string;
  readonly status: number;
  /** Where a redirect leads. */
  readonly location?: string;
  /** Whether that is the same host: the kubelet follows such a redirect only. */
  readonly isLocal?: boolean;
}

/** A workload with what was looked at in its pods. */
export interface HardenWorkload extends WorkloadSpec {
  readonly pods: readonly PodFacts[];
  /** Programs that its containers have, by container, as far as it matters. */
  readonly tools: Readonly<Record<string, Looked<readonly string[]>>>;
  /** What its HTTP readiness probes get, by container; of those that could not be asked: why. */
  readonly probed: Readonly<Record<string, Looked<HttpLook>>>;
  /** What the health path that discovery knows gets here; undefined: none is known, or it is no web server. */
  readonly health?: HealthLook;
  /** Warnings of the kubelet about readiness probes of its pods: it counted a redirect as success. */
  readonly warnings: Looked<readonly string[]>;
}

/** A health path, where in the pod it is asked for, and what came back. */
export interface HealthLook {
  readonly container: string;
  readonly port: number;
  readonly scheme: 'HTTP' | 'HTTPS';
  readonly path: string;
  /** Who says that this is the health path. */
  readonly from: string;
  readonly answer: Looked<HttpLook>;
}

/** The cluster's DNS as far as names of one's own can be given to it. */
export interface DnsSetup {
  /** Whether its pods mount the ConfigMap coredns-custom, and its Corefile imports `*.server` from it. */
  readonly readsCustomServers: boolean;
  /** Names and contents of what is in coredns-custom; undefined: there is no such ConfigMap. */
  readonly custom?: Readonly<Record<string, string>>;
  /** Whether the list of names that k3d writes holds the host. */
  readonly listHoldsHost: boolean;
  /** The host's address on the cluster's network; undefined: not known. */
  readonly hostAddress?: string;
  /** Who says so. */
  readonly addressFrom: string;
}

/** Everything that the measures judge. The objects are as they would be without this program's own changes. */
export interface HardenInventory {
  /** When it was looked at, ms since the epoch. */
  readonly at: number;
  readonly stack: Stack;
  readonly discovered: Inventory;
  readonly workloads: readonly HardenWorkload[];
  readonly budgets: Looked<readonly Budget[]>;
  readonly containers: Looked<readonly NodeContainer[]>;
  readonly dns: Looked<DnsSetup>;
}

/** What the stack knows about a workload; undefined: the stack file does not have it. */
export function componentOf({ kind, name }: WorkloadSpec, { components }: Stack): Component | undefined {
  return components.find(({ ref }) => ref.kind === kind && ref.name === name);
}

/** The programs that a container of this workload has, as far as they were looked for. */
export function toolsOf({ tools }: HardenWorkload, container: string, at: number): Looked<readonly string[]> {
  return tools[container] ?? couldNotLook('no pod of it runs', 'nodes', at);
}
