import { runCommand } from '../../lab/command.ts';
import { objectName, type ForeignFinding } from './foreign-finding.ts';

/** What it prints with `--output-format json` (zegl/kube-score v1.20.0, renderer/json_v2). */
interface ScoredObject {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name?: string; readonly namespace?: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

/** The grade without a complaint (scorecard.GradeAllOK). */
const allOk = 10;

/** Checks whose comments name a container, and those whose comments are complaints of different things. */
const ofContainers = /^container-|^environment-/;
const severalThings = /^(container-resources|container-ephemeral-storage-request-and-limit|pod-probes)$/;

function findingsOf(
  { type_meta: { kind }, object_meta: meta, checks }: ScoredObject,
  namespace: string,
): readonly ForeignFinding[] {
  const object = objectName(
    kind,
    clusterWide.has(kind) ? undefined : meta.namespace || namespace,
    meta.name ?? '',
  );
  return checks
    .filter(({ grade, skipped }) => !skipped && grade < allOk)
    .flatMap(({ check: { id }, comments }) =>
      (comments ?? [{ path: '', summary: '' }]).map(({ path, summary }): ForeignFinding => {
        const whole = severalThings.test(id) ? `${id}: ${summary}` : id;
        const finding = { tool: 'kube-score' as const, id: whole, object, text: summary };
        return ofContainers.test(id) && path !== '' ? Object.assign(finding, { container: path }) : finding;
      }),
    );
}

const clusterWide = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'StorageClass',
  'PriorityClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'APIService',
]);

/** What it complains of; objects without a namespace count as in this one, where they are applied. */
export function kubeScoreFindings(
  report: readonly ScoredObject[],
  namespace: string,
): readonly ForeignFinding[] {
  return report.flatMap((object) => findingsOf(object, namespace));
}

/** Runs it on files; ends with 1 when it has complaints. Throws when it ends without a report. */
export async function runKubeScore(
  program: string,
  files: readonly string[],
): Promise<readonly ScoredObject[]> {
  const argv = [program, 'score', '--output-format', 'json', '--kubernetes-version', 'v1.34', ...files];
  const { stdout, stderr, exitCode } = await runCommand(argv, { timeoutSeconds: 120 });
  if (!stdout.trimStart().startsWith('['))
    throw new Error(`kube-score: exit code ${exitCode}: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout) as readonly ScoredObject[];
}
