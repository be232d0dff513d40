import type { OldFiles } from '../facts.ts';
import { operatorSchemas } from './digests-sql.ts';
import {
  databaseOf,
  newExec,
  newLogin,
  oldPsql,
  onNew,
  onOld,
  ownerOf,
  scale,
  type RunbookContext,
} from './runbook-context.ts';
import { paragraphs, shell, word } from './markdown.ts';

/** From here on customers wait. */
export function freeze(context: RunbookContext): string {
  const { old } = context;
  const { doors, writers, cronJobs, redis, files } = old;
  const keepsFiles = files.some(({ goesWithPod }) => goesWithPod);
  const database = databaseOf(old);
  const [queue] = redis;
  return paragraphs(
    '## 1. Freeze',
    'Customers wait from here on. First the way in is closed, then what is queued is worked off, then nothing may write any more.',
    keepsFiles
      ? '**Do not scale down or delete the pods that keep files in an emptyDir yet: their files go with them.** They are stopped at the end of step 2.'
      : '',
    shell(
      'date -u +%FT%TZ',
      'rekindle pause 6h --context "$OLD" --reason "cut-over"      # the agent, if there is one, must not bring back what you stop',
      ...scale(onOld, [...doors, ...old.schedulers], () => 0),
      ...cronJobs.map(({ name }) => `${onOld} patch ${name} -p '{"spec": {"suspend": true}}'`),
      ...(queue === undefined
        ? []
        : [
            '# Until it says 0 (the queue of Celery is called celery unless the stack names another):',
            `${onOld} exec ${queue.name} -- redis-cli llen celery`,
          ]),
    ),
    old.cluster === undefined
      ? 'Then let nothing write to the database any more; how depends on who runs it.'
      : 'Then the database itself refuses writes, whoever is still connected:',
    old.cluster === undefined
      ? ''
      : shell(
          `${oldPsql(context)} -c 'ALTER DATABASE "${database}" SET default_transaction_read_only = on'`,
          `${oldPsql(context)} -Atc "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()"`,
          '# Nobody writes: the same number twice.',
          `${oldPsql(context)} -Atc 'select pg_current_wal_lsn()'; sleep 10; ${oldPsql(context)} -Atc 'select pg_current_wal_lsn()'`,
          ...(keepsFiles ? [] : scale(onOld, writers, () => 0)),
        ),
    'The two numbers may differ by a few hundred bytes of the server’s own records (a checkpoint); then look once more. A login that sets the session writable again would be seen in the digests of step 5.',
  );
}

/** One folder a workload; its files as they are put together on the target. */
const folderOf = (files: OldFiles) => files.runsAs.replace('/', '-');

function copyOut(files: OldFiles): readonly string[] {
  const { workload, selector, container, mountPath } = files;
  const folder = folderOf(files);
  return [
    `# ${workload}, ${mountPath}: each pod has its own.`,
    `for pod in $(${onOld} get pod -l ${word(selector)} -o name); do`,
    `  to=copies/${folder}/\${pod#pod/} && mkdir -p "$to"`,
    `  ${onOld} exec "$pod" -c ${container} -- tar -C ${word(mountPath)} -cf - . | tar -C "$to" -xf -`,
    '  (cd "$to" && find . -type f -print0 | xargs -0 -r sha256sum) | sort -k2 > "$to.sums"',
    'done',
    '# Names with more than one content; it must print nothing (or you decide which one counts):',
    `cat copies/${folder}/*.sums | sort -u | awk '{ name = substr($0, 67) } seen[name] && seen[name] != $1 { print name } { seen[name] = $1 }'`,
    `mkdir -p files/${folder} && for one in copies/${folder}/*/; do cp -an "$one." files/${folder}/; done`,
  ];
}

function copyIn({ needs, text }: RunbookContext, files: OldFiles): readonly string[] {
  const folder = folderOf(files);
  if (
    files.isShared &&
    needs.grants.some(({ may }) => may === 'write-uploads') &&
    text.copyFiles !== undefined
  )
    return [text.copyFiles(`files/${folder}`)];
  return [
    `tar -C files/${folder} -cf - . | ${onNew} exec -i ${files.runsAs} -c ${files.container} -- tar -C ${word(files.mountPath)} -xf -`,
  ];
}

/** Files that no dump has. */
export function moveFiles(context: RunbookContext): string {
  const { files, writers } = context.old;
  if (files.length === 0)
    return paragraphs('## 2. Files', 'The stack keeps no files outside of the database that were found.');
  return paragraphs(
    '## 2. Files',
    'The dump has no files. They are copied out of each pod, compared, and put where the new pods read them. (The folders are new: what a rehearsal left has to go first.)',
    shell(
      'mkdir copies files',
      ...files.flatMap(copyOut),
      '# To the new side:',
      ...files.flatMap((one) => copyIn(context, one)),
      '# As many there as here:',
      'find files -type f | wc -l',
      ...files.map(
        ({ runsAs, container, mountPath }) =>
          `${onNew} exec ${runsAs} -c ${container} -- find ${word(mountPath)} -type f | wc -l`,
      ),
    ),
    'Only now the pods that had them are stopped (**not in the rehearsal**):',
    shell(...scale(onOld, writers, () => 0)),
  );
}

/** The dump. Spilo's pods have the programs of the right version. */
export function dump(context: RunbookContext): string {
  const { old } = context;
  const database = databaseOf(old);
  if (old.cluster === undefined)
    return paragraphs(
      '## 3. Dump',
      `Dump the database with \`pg_dump -Fc\` of its own major version into \`${database}.dump\`.`,
    );
  const without = operatorSchemas.map((name) => `-N ${name}`).join(' ');
  return paragraphs(
    '## 3. Dump',
    'Into this folder, on this machine: the dump is also what the way back needs. The schemas left out are the operator’s own.',
    shell(
      `time ${onOld} exec "$OLD_PRIMARY" -c postgres -- pg_dump -U postgres -Fc ${without} ${database} > ${database}.dump`,
      `pg_restore --list ${database}.dump > /dev/null 2>&1 || ${onOld} exec -i "$OLD_PRIMARY" -c postgres -- pg_restore --list < ${database}.dump > /dev/null   # it is whole`,
      `sha256sum ${database}.dump`,
      `${oldPsql(context)} -qAt < scripts/table-digests.sql > digests-old.txt`,
    ),
  );
}

/** The restore into the empty database of the target. */
export function restore(context: RunbookContext): string {
  const { old, needs } = context;
  const database = databaseOf(old);
  const owner = ownerOf(old);
  const administrator =
    needs.database === 'managed'
      ? `-h ${old.cluster?.name ?? ''} -U ${context.text.administrator.user}`
      : '-U postgres';
  const exec = newExec(context);
  // Without the password of the application's role, which the pod has: psql asks for the administrator's.
  const tty = `${exec.replace('exec -i', 'exec -it')} env -u PGPASSWORD`;
  const admin = `${needs.database === 'managed' ? tty : exec} psql -X ${administrator}`;
  const rights = needs.database === 'managed' ? `--no-owner --role=${owner} --no-privileges` : '';
  return paragraphs(
    '## 4. Restore',
    'The application of the new cluster is stopped, and the database is made anew, so that nothing of a rehearsal is left in it. `--exit-on-error`: half a restore must not look like one.',
    needs.database === 'managed'
      ? `psql asks for the password of ${context.text.administrator.user}; ${context.text.administrator.says}: ${context.text.administrator.how.map((line) => `\`instance=$NAME; ${line}\``).join(' ')}`
      : 'The operator has made the roles; their new passwords are in its Secrets, and the pods read them there. Owners and rights come with the dump.',
    shell(
      ...scale(onNew, old.writers, () => 0),
      `${admin} -d postgres -c 'DROP DATABASE IF EXISTS "${database}" WITH (FORCE)'`,
      `${admin} -d postgres -c 'CREATE DATABASE "${database}" OWNER "${owner}" TEMPLATE template0 ENCODING UTF8'`,
      `# Extensions that your tables use, by hand, for each: ${admin} -d ${database} -c 'CREATE EXTENSION NAME'`,
      `${exec} sh -c 'cat > /tmp/${database}.dump' < ${database}.dump`,
      `${exec} sha256sum /tmp/${database}.dump      # as in step 3`,
      `${exec} sh -c "pg_restore --list /tmp/${database}.dump | grep -vE ' (EXTENSION|COMMENT - EXTENSION) ' > /tmp/list"`,
      `time ${exec} pg_restore ${newLogin(context)} -d ${database} ${rights} --exit-on-error --use-list=/tmp/list --jobs=2 /tmp/${database}.dump`.replace(
        '  ',
        ' ',
      ),
      `${exec} psql -X ${newLogin(context)} -d ${database} -c 'ANALYZE'`,
    ),
    needs.database === 'managed'
      ? ''
      : paragraphs(
          'The operator puts the function by which PgBouncer looks up passwords into each database once, and remembers that until it is started again (pkg/cluster/connection_pooler.go); the new database does not have it yet:',
          shell(
            'kubectl --context "$NEW" -n postgres-operator rollout restart deployment postgres-operator',
            `until ${exec} psql -X -U postgres -d ${database} -Atc "select 1 from pg_namespace where nspname = 'pooler'" | grep -q 1; do sleep 5; done`,
          ),
        ),
  );
}

/** Equal, or the cut-over ends here. */
export function compare(context: RunbookContext): string {
  const database = databaseOf(context.old);
  return paragraphs(
    '## 5. Compare',
    'Every table, every sequence, every large object: number of rows and a digest of their contents.',
    shell(
      `${newExec(context)} psql -X -qAt ${newLogin(context)} -d ${database} < scripts/table-digests.sql > digests-new.txt`,
      'diff digests-old.txt digests-new.txt && echo equal',
    ),
    '**Any difference: go to “The way back”.** Nothing is lost: no customer has been sent to the new side.',
  );
}
