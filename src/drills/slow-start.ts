import { shopKubectl } from './database.ts';
import { defineDrill, type Drill, type DrillLab } from './define-drill.ts';

const deployment = ['deployment', 'django'];
const container = 'django';

/** Sleeps and then becomes the program that follows; ends at once when it is asked to. */
const sleeping = (seconds: number) =>
  'import os, signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); ' +
  `time.sleep(${seconds}); os.execvp(sys.argv[1], sys.argv[1:])`;

async function commandOf(lab: DrillLab): Promise<readonly string[]> {
  const path = `jsonpath={.spec.template.spec.containers[?(@.name=="${container}")].command}`;
  return JSON.parse(await shopKubectl(lab, ['get', ...deployment, '-o', path])) as string[];
}

/** All pods at once, so that a slow start is waited for once. */
const atOnce = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 0 } };

async function rollOut(
  lab: DrillLab,
  command: readonly string[],
  livenessDelaySeconds: number,
  seconds: number,
): Promise<void> {
  const containers = [
    { name: container, command, livenessProbe: { initialDelaySeconds: livenessDelaySeconds } },
  ];
  const patch = JSON.stringify({ spec: { strategy: atOnce, template: { spec: { containers } } } });
  await shopKubectl(lab, ['patch', ...deployment, '--type=strategic', '-p', patch]);
  await shopKubectl(lab, ['rollout', 'status', ...deployment, `--timeout=${seconds + 120}s`]);
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly uid: string };
    readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
  }[];
}

async function servers(lab: DrillLab): Promise<readonly { uid: string; restarts: number }[]> {
  const { items } = JSON.parse(
    await shopKubectl(lab, ['get', 'pods', '-l', 'component=django', '-o', 'json']),
  ) as Pods;
  return items.map(({ metadata, status }) => ({
    uid: metadata.uid,
    restarts: status.containerStatuses?.[0]?.restartCount ?? 0,
  }));
}

/** The delay of the example's own liveness probe, seconds. */
const ownDelaySeconds = 60;

/** The web servers take that long to start, as big ones do, and the power goes: patience is all they need. */
export function slowStartDrill(id: string, seconds: number): Drill {
  return defineDrill({
    id,
    title: `The web servers need ${seconds} s to start after the power comes back`,
    inject: async (lab, context) => {
      await rollOut(
        lab,
        ['python3', '-c', sleeping(seconds), ...(await commandOf(lab))],
        seconds + 60,
        seconds,
      );
      // Who helps has seen one such start before, and may know how long it takes.
      await (await context.startHelper()).ended();
      const before = (await servers(lab)).map(({ uid }) => uid).toSorted();
      const cut = await lab.cut();
      const boot = await lab.boot({ waitForEngine: true });
      return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { uids: before.join(' ') } };
    },
    proof: (_lab, { facts }) =>
      Promise.resolve({ proven: facts['uids'] !== '', evidence: `sleeps ${seconds} s before it starts` }),
    expectedFindings: [],
    gone: async (lab, { facts }) => {
      const now = await servers(lab);
      const uids = now.map(({ uid }) => uid).toSorted();
      const restarts = Math.max(...now.map((server) => server.restarts));
      return {
        // The loss of power itself is one restart.
        proven: uids.join(' ') === facts['uids'] && restarts <= 1,
        evidence: `${uids.join(' ') === facts['uids'] ? 'the same' : 'other'} pods, ${restarts} restart(s) at most, the loss of power included`,
      };
    },
    undo: async (lab) => {
      const command = await commandOf(lab);
      if (command[2] === sleeping(seconds)) await rollOut(lab, command.slice(3), ownDelaySeconds, 0);
    },
  });
}
