import type { DrillLab } from '../../src/drills/define-drill.ts';

interface Status {
  readonly name: string;
  readonly restartCount: number;
  readonly state: Readonly<Record<string, { readonly startedAt?: string; readonly finishedAt?: string }>>;
  readonly lastState: Status['state'];
}

interface Pod {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly status: {
    readonly initContainerStatuses?: readonly Status[];
    readonly containerStatuses?: readonly Status[];
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
  };
}

/** hh:mm:ss of a Kubernetes time. */
function clock(time: string | undefined): string {
  return time?.slice(11, 19) ?? '-';
}

function stateText(state: Status['state']): string {
  return Object.entries(state)
    .map(([kind, { startedAt, finishedAt }]) => `${kind} ${clock(startedAt)}..${clock(finishedAt)}`)
    .join();
}

function podLines({ metadata, status }: Pod): string[] {
  const conditions = (status.conditions ?? [])
    .filter(({ type }) => type === 'Ready' || type === 'Initialized')
    .map((condition) => `${condition.type}=${condition.status} ${clock(condition.lastTransitionTime)}`);
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(
    (entry) =>
      `  ${entry.name}: ${stateText(entry.state)}; before: ${stateText(entry.lastState)}; restarts ${entry.restartCount}`,
  );
  return [
    `${metadata.name} created ${clock(metadata.creationTimestamp)} ${conditions.join(' ')}`,
    ...containers,
  ];
}

async function said(what: string, ask: () => Promise<string>): Promise<string> {
  try {
    return await ask();
  } catch (error) {
    return `${what}: could not look: ${String(error)}\n`;
  }
}

async function pods(lab: DrillLab): Promise<string> {
  const { items } = JSON.parse(await lab.kubectl(['get', 'pods', '-A', '-o', 'json'])) as {
    items: readonly Pod[];
  };
  return `${items.flatMap(podLines).join('\n')}\n`;
}

/**
 * When which container started, which pod became ready, and what the cluster reported meanwhile: shows where the
 * seconds of a recovery went. For the raw log; what could not be read says so there.
 */
export async function aftermath(lab: DrillLab): Promise<string> {
  const columns =
    'custom-columns=TIME:.lastTimestamp,N:.count,REASON:.reason,OBJECT:.involvedObject.name,MESSAGE:.message';
  const parts = [
    await said('pods', () => pods(lab)),
    await said('events', () =>
      lab.kubectl(['get', 'events', '-A', '--sort-by=.lastTimestamp', '-o', columns]),
    ),
    await said('load balancer', () => lab.docker(['logs', '--tail', '60', `k3d-${lab.cluster}-serverlb`])),
  ];
  return parts.join('');
}
