import { databaseLabels, shopKubectl } from '../../src/drills/database.ts';
import type { DrillLab } from '../../src/drills/define-drill.ts';
import { shop } from '../../src/drills/shop.ts';

/** One PgBouncer process and what it works with, asked by psql from a database pod: nothing of the product is in between. */
export interface PoolerValues {
  readonly pod: string;
  readonly uid: string;
  /** Start of its container, ms since the epoch. */
  readonly startedAt: number;
  readonly values: Readonly<Record<string, string>>;
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
    readonly status: {
      readonly podIP?: string;
      readonly containerStatuses?: readonly {
        readonly ready: boolean;
        readonly state: { readonly running?: { readonly startedAt: string } };
      }[];
    };
  }[];
}

/** The password goes in by standard input; `$0` is the address. */
const script =
  'read -r PGPASSWORD && export PGPASSWORD && exec psql -X -A -t -F "|" ' +
  '"host=$0 port=5432 user=pooler dbname=pgbouncer sslmode=prefer connect_timeout=5" -c "SHOW CONFIG"';

async function rolePassword(lab: DrillLab): Promise<string> {
  const secret = await shopKubectl(lab, [
    'get',
    'secret',
    shop.poolerSecret,
    '-o',
    'jsonpath={.data.password}',
  ]);
  return Buffer.from(secret, 'base64').toString('utf8');
}

/** A database pod that can be asked to run something: with a node lost, one of them cannot. */
async function readyMember(lab: DrillLab): Promise<string> {
  const path =
    '{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  const rows = await shopKubectl(lab, ['get', 'pods', '-l', databaseLabels, '-o', `jsonpath=${path}`]);
  const ready = rows.split('\n').find((row) => row.endsWith(' True'));
  if (ready === undefined) throw new Error('no database pod is ready to ask the poolers from');
  return ready.slice(0, ready.indexOf(' '));
}

async function showConfig(lab: DrillLab, member: string, address: string, password: string) {
  const args = ['exec', '-i', member, '-c', 'postgres', '--', 'sh', '-c', script, address];
  const rows = (await shopKubectl(lab, args, `${password}\n`)).trim().split('\n');
  return Object.fromEntries(rows.map((row) => row.split('|', 2) as [string, string]));
}

/** Every process of the poolers with these labels. Throws while one does not run or does not answer. */
export async function poolerValues(lab: DrillLab, labels: string): Promise<readonly PoolerValues[]> {
  const { items } = JSON.parse(
    await shopKubectl(lab, ['get', 'pods', '-l', labels, '-o', 'json']),
  ) as PodList;
  const password = await rolePassword(lab);
  const member = await readyMember(lab);
  const found: PoolerValues[] = [];
  for (const { metadata, status } of items.filter((item) => item.metadata.deletionTimestamp === undefined)) {
    const { name: pod, uid } = metadata;
    const started = status.containerStatuses?.[0]?.state.running?.startedAt;
    if (started === undefined || status.podIP === undefined) throw new Error(`${pod} does not run`);
    const values = await showConfig(lab, member, status.podIP, password);
    found.push({ pod, uid, startedAt: Date.parse(started), values });
  }
  if (found.length === 0) throw new Error(`no pod has the labels ${labels}`);
  return found;
}

/** Settings that a process has otherwise than wanted, as `key=value`. */
export function deviations(
  { values }: PoolerValues,
  wanted: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(wanted)
    .filter(([key, value]) => Number(values[key]) !== Number(value))
    .map(([key]) => `${key}=${values[key] ?? 'unknown'}`);
}
