import type { PoolerValues } from '../domain/pooler-profiles.ts';
import type { PodManifest } from '../ports/cluster.ts';
import { checkLabels } from './names.ts';
import { checkConfiguration } from './settings-file.ts';

/** Name of the container in a check pod. */
export const checkContainer = 'pgbouncer';

/** A check pod ends by itself after this long, seconds, also when nobody is left to remove it. */
const longestSeconds = 60;

const annotation = 'rekindle.dev/pgbouncer.ini';
const folder = '/etc/rekindle-check';

/** A user that owns nothing in any image; PgBouncer needs to own nothing (distroless calls it nonroot). */
const nonRoot = 65_532;

/** What a check pod is made of. */
export interface Check {
  readonly name: string;
  readonly image: string;
  /** A node that has the image; undefined: any. */
  readonly node: string | undefined;
  readonly settings: PoolerValues;
}

/**
 * A pod that starts PgBouncer on these settings and nothing else: no rights, no token of a service account, nothing to
 * write to (the Pod Security Standard `restricted`). Its configuration comes with it, as an annotation that the downward
 * API shows as a file, so that there is one object to remove and no other.
 */
export function checkPod({ name, image, node, settings }: Check): PodManifest {
  const fieldRef = { fieldPath: `metadata.annotations['${annotation}']` };
  return {
    metadata: { name, labels: checkLabels, annotations: { [annotation]: checkConfiguration(settings) } },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: longestSeconds,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(node !== undefined && { nodeName: node }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: nonRoot,
        runAsGroup: nonRoot,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: checkContainer,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['pgbouncer', `${folder}/pgbouncer.ini`],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'configuration', mountPath: folder, readOnly: true }],
        },
      ],
      volumes: [{ name: 'configuration', downwardAPI: { items: [{ path: 'pgbouncer.ini', fieldRef }] } }],
    },
  };
}

/** What PgBouncer made of the configuration, by its log; undefined while it has said neither. */
export type CheckVerdict =
  | { readonly accepted: true; readonly version: string }
  | { readonly accepted: false; readonly reason: string };

/** A line of PgBouncer's log without time and process. */
function message(line: string): string {
  return line.replace(/^.*?\[\d+\] /, '').trim();
}

/**
 * Reads the log of a check pod. `ended`: nothing more will come. PgBouncer's line numbers are not used: it names the line
 * after the wrong one when blank lines follow (usual/cfparser.c counts after it has skipped them), so the line is found by
 * the setting that its message names.
 */
export function checkVerdict(log: string, settings: PoolerValues, ended: boolean): CheckVerdict | undefined {
  const up = /process up: (PgBouncer [^\s,]+)/.exec(log);
  if (up !== null) return { accepted: true, version: up[1] ?? '' };
  if (!ended) return undefined;
  const lines = log.trim().split('\n').map(message);
  const first = lines.find((line) => /^(ERROR|FATAL) /.test(line)) ?? lines.at(-1) ?? '';
  const words = new Set(first.split(/[^A-Za-z0-9_]+/));
  const wrong = Object.entries(settings).find(([key]) => words.has(key));
  const line = wrong === undefined ? '' : ` in the line \`${wrong.join(' = ')}\``;
  return { accepted: false, reason: `PgBouncer does not start${line}: ${first || 'it says nothing'}` };
}
