import { shopKubectl } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import type { Lab } from '../../lab/lab.ts';

const pod = 'plain-restore';
const folder = '/scratch';

/** The settings of the server that Rekindle proves a backup in (src/backup/postgres/scratch-server.ts): neither side has the faster one. */
const settings = `
listen_addresses = ''
unix_socket_directories = '${folder}'
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 4GB
autovacuum = off
maintenance_work_mem = 128MB
max_connections = 20
`;

/** A command of a shell on the machine, with kubectl for the lab's cluster; seconds that it took. Throws CommandFailed. */
async function timed(lab: Lab, text: string): Promise<number> {
  const start = process.hrtime.bigint();
  await lab.run(['sh', '-ec', text], { timeoutSeconds: 1800, check: true });
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const namespace = `-n ${shop.namespace}`;

/** What anybody would type: the custom format, through kubectl, into a file. Seconds. */
export async function plainDump(lab: Lab, from: string, database: string, file: string): Promise<number> {
  const dump = `kubectl exec ${namespace} ${from} -c postgres -- pg_dump -Fc -U postgres ${database}`;
  return timed(lab, `${dump} > '${file}'`);
}

/** A pod of the database's image with an empty server in it. */
async function makeServer(lab: Lab, like: string): Promise<void> {
  const read = async (path: string) =>
    (await shopKubectl(lab, ['get', 'pod', like, '-o', `jsonpath=${path}`])).trim();
  const exec = (...argv: readonly string[]) =>
    shopKubectl(lab, ['exec', like, '-c', 'postgres', '--', ...argv]);
  const image = await read(`{.spec.containers[?(@.name=='postgres')].image}`);
  const owner = (await exec('id', '-u', 'postgres')).trim();
  const bin = (await exec('pg_config', '--bindir')).trim();
  const spec = {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    nodeName: await read('{.spec.nodeName}'),
    securityContext: { runAsUser: Number(owner), runAsGroup: Number(owner), fsGroup: Number(owner) },
    containers: [
      {
        name: 'postgres',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', '14400'],
        env: [{ name: 'PATH', value: `${bin}:/usr/bin:/bin` }],
        volumeMounts: [{ name: 'scratch', mountPath: folder }],
      },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  };
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod }, spec };
  await shopKubectl(lab, ['delete', 'pod', pod, '--ignore-not-found', '--timeout=60s']);
  await shopKubectl(lab, ['apply', '-f', '-'], JSON.stringify(manifest));
  await shopKubectl(lab, ['wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=120s']);
  const init = `initdb -D ${folder}/data -U postgres --auth=trust --locale=C --encoding=UTF8 --no-sync >/dev/null
cat >>${folder}/data/postgresql.conf
pg_ctl -D ${folder}/data -w -l ${folder}/server.log start >/dev/null`;
  await shopKubectl(lab, ['exec', '-i', pod, '--', 'sh', '-ec', init], settings);
}

/**
 * The same by hand: the file into a pod of the same image, pg_restore with two jobs, which needs a file. Seconds, without
 * the making of the server.
 */
export async function plainRestore(lab: Lab, like: string, file: string): Promise<number> {
  await makeServer(lab, like);
  try {
    const exec = `kubectl exec ${namespace} -i ${pod} --`;
    const copy = `${exec} sh -ec 'cat >${folder}/dump' < '${file}'`;
    const restore = `${exec} pg_restore -h ${folder} -U postgres -d postgres --create --exit-on-error -j 2 ${folder}/dump </dev/null`;
    return await timed(lab, `${copy}\n${restore}`);
  } finally {
    await shopKubectl(lab, ['delete', 'pod', pod, '--ignore-not-found', '--wait=false']);
  }
}
