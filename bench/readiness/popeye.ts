import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { runCommand } from '../../lab/command.ts';
import { objectName, type ForeignFinding } from './foreign-finding.ts';

/** What it prints with `-o json`, as far as it is read (derailed/popeye v0.22.1, internal/report/builder.go). */
interface PopeyeReport {
  readonly popeye: {
    readonly sections: readonly {
      readonly linter: string;
      readonly gvr: string;
      readonly issues?: Readonly<
        Record<
          string,
          readonly { readonly group: string; readonly level: number; readonly message: string }[] | null
        >
      > | null;
    }[];
    readonly errors?: readonly unknown[] | null;
  };
}

const kinds: Readonly<Record<string, string>> = {
  pods: 'Pod',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  replicasets: 'ReplicaSet',
  jobs: 'Job',
  cronjobs: 'CronJob',
  services: 'Service',
  ingresses: 'Ingress',
  networkpolicies: 'NetworkPolicy',
  poddisruptionbudgets: 'PodDisruptionBudget',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
  persistentvolumes: 'PersistentVolume',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  namespaces: 'Namespace',
  nodes: 'Node',
  roles: 'Role',
  rolebindings: 'RoleBinding',
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
};

/** `ns/name` in its parts; what lives in no namespace has only a name. */
function nameParts(fqn: string): readonly [namespace: string | undefined, name: string] {
  const slash = fqn.indexOf('/');
  return slash <= 0 ? [undefined, fqn.slice(slash + 1)] : [fqn.slice(0, slash), fqn.slice(slash + 1)];
}

/** Issues of the report; `topOf` gives the object that made a pod or a ReplicaSet. */
export function popeyeFindings(
  report: PopeyeReport,
  topOf: (object: string) => string,
): readonly ForeignFinding[] {
  return report.popeye.sections.flatMap(({ gvr, linter, issues }) => {
    const plural = gvr.slice(gvr.lastIndexOf('/') + 1);
    const kind = kinds[plural] ?? linter;
    return Object.entries(issues ?? {}).flatMap(([fqn, found]) => {
      const [namespace, name] = nameParts(fqn);
      return (found ?? [])
        .filter(({ level }) => level > 0)
        .map(({ group, message }): ForeignFinding => {
          const [, code = 'none'] = /^\[POP-(\d+)\]/.exec(message) ?? [];
          const object = topOf(objectName(kind, namespace, name));
          const finding = { tool: 'popeye' as const, id: `POP-${code}`, object, text: message };
          return group === '__root__' ? finding : Object.assign(finding, { container: group });
        });
    });
  });
}

/** Runs it on the whole cluster: of one namespace alone it leaves out nodes and volumes. Throws when it ends without a report. */
export async function runPopeye(
  program: string,
  { kubeconfig, home }: { readonly kubeconfig: string; readonly home: string },
): Promise<PopeyeReport> {
  const logs = path.join(home, 'popeye.log');
  mkdirSync(home, { recursive: true });
  const argv = [program, '--kubeconfig', kubeconfig, '-A', '-o', 'json', '--force-exit-zero', '--logs', logs];
  const { stdout, stderr, exitCode } = await runCommand(argv, {
    timeoutSeconds: 180,
    env: { HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
  });
  const start = stdout.indexOf('{');
  if (start < 0)
    throw new Error(`popeye: exit code ${exitCode}: ${stderr.slice(-1000)}${stdout.slice(-1000)}`);
  return JSON.parse(stdout.slice(start)) as PopeyeReport;
}
