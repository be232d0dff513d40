import { crashTailDrill, webPods, type WebPod } from './crash-tail.ts';
import { primaryPod, shopKubectl, sql } from './database.ts';
import type { DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';
import { waitFor } from './wait-for.ts';

const migration = 'python3 migrate.py';
/** The advisory lock under which the example migrates (examples/jewelry-shop/app/migrate.py). */
const lock = 7_300_115;
const isTheLock = `locktype = 'advisory' and objid = ${lock}`;
const heldSeconds = 900;

const migrates = ({ status }: WebPod): boolean =>
  status.initContainerStatuses?.[0]?.state.running !== undefined;

/** Holds the lock, so that a migration runs for as long as wanted. */
async function holdLock(lab: DrillLab): Promise<void> {
  const primary = await primaryPod(lab);
  const statement = `select pg_advisory_lock(${lock}), pg_sleep(${heldSeconds})`;
  const psql = `psql -X -q -U postgres -d ${shop.ordersDatabase} -c '${statement}' >/dev/null 2>&1 &`;
  await shopKubectl(lab, ['exec', primary, '-c', 'postgres', '--', 'setsid', 'sh', '-c', psql]);
  await waitFor('the lock of the migration', 20, async () => {
    const held = await sql(lab, primary, `select count(*) from pg_locks where ${isTheLock} and granted`);
    return held === '0' ? undefined : held;
  });
}

/** Makes every pod of the web server anew while nobody can migrate. */
async function beginToMigrate(lab: DrillLab): Promise<void> {
  await holdLock(lab);
  const old = new Set((await webPods(lab)).map(({ metadata }) => metadata.uid));
  await shopKubectl(lab, ['delete', 'pod', '-l', 'component=django', '--wait=false']);
  await waitFor('every web server to migrate', 90, async () => {
    const pods = await webPods(lab);
    const isReady = pods.length > 0 && pods.every((pod) => !old.has(pod.metadata.uid) && migrates(pod));
    return isReady ? pods.length : undefined;
  });
}

/**
 * Ends the migrations on the nodes of these pods. From outside: a container's first process is sent no signal by its own kind
 * that it does not handle, SIGKILL included (pid_namespaces(7)), and libpq waits without looking at any.
 */
async function endMigrations(lab: DrillLab, pods: readonly WebPod[]): Promise<void> {
  const isIt = `[ "$(tr '\\0' ' ' <"$p/cmdline" 2>/dev/null)" = '${migration} ' ]`;
  const script = `for p in /proc/[0-9]*; do if ${isIt}; then kill -9 "\${p#/proc/}"; fi; done`;
  const nodes = new Set(pods.flatMap(({ spec }) => spec.nodeName ?? []));
  for (const node of nodes) await lab.docker(['exec', node, 'sh', '-c', script]);
}

/** Gives the lock back, also what the ended migrations still wait for: a backend does not see that its client has gone. */
async function giveLockBack(lab: DrillLab): Promise<void> {
  const primary = await primaryPod(lab);
  await sql(lab, primary, `select count(pg_terminate_backend(pid)) from pg_locks where ${isTheLock}`);
}

/** The init container is what crashes: a migration that fails while its database is away, as most people's do. */
export const djangoInitCrashTail = crashTailDrill({
  id: 'django-init-crash-tail',
  title: 'The migration of every web server waits out a crash back-off of 80 s although its database is back',
  seconds: 80,
  within: 300,
  of: ({ status }) => status.initContainerStatuses?.[0],
  before: beginToMigrate,
  end: endMigrations,
  after: giveLockBack,
});
