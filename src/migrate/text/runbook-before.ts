import { usualName } from '../infra/common-variables.ts';
import {
  databaseOf,
  newExec,
  newLogin,
  oldPsql,
  onNew,
  onOld,
  restorePod,
  type RunbookContext,
} from './runbook-context.ts';
import { paragraphs, shell, table } from './markdown.ts';

const bytesText = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(2)} GiB (${bytes} bytes)`;
const seconds = (value: number) => `${value.toFixed(1)} s`;

/** The numbers of this very database, or that there are none. */
export function numbers({ measured }: RunbookContext): string {
  if (measured === undefined)
    return paragraphs(
      '## Numbers',
      '**Not measured; run `rekindle backup create --json >backup.json`** and then `rekindle migrate` again with `--measured backup.json`. How long customers will wait is not known before that.',
    );
  const { databaseBytes, dumpSeconds, restoreSeconds, verifySeconds } = measured;
  const sum = dumpSeconds + restoreSeconds + verifySeconds;
  return paragraphs(
    '## Numbers',
    table(
      ['What', 'Measured by the last proven backup, on this machine'],
      [
        ['size of the database', bytesText(databaseBytes)],
        ['dump', seconds(dumpSeconds)],
        ['restore', seconds(restoreSeconds)],
        ['digests of every table', seconds(verifySeconds)],
        ['**sum**', `**${seconds(sum)}**`],
      ],
    ),
    `Customers wait at least these ${seconds(sum)}, if the target is as fast as this machine. Not in it, because nothing has measured it: the way of the dump to the target, the speed of the target's disks, the copy of files, and what you need to read and decide. The rehearsal below measures all of it; write its times here:`,
    table(
      ['Step', 'Rehearsal, s', 'Cut-over, s'],
      ['freeze', 'files', 'dump and its way', 'restore', 'digests', 'two writes', 'DNS'].map((step) => [
        step,
        '',
        '',
      ]),
    ),
  );
}

/** Variables of the shell that every command below uses. */
export function variables(context: RunbookContext): string {
  const { old, needs, id, text } = context;
  const { cluster } = old;
  const primary = (on: string) =>
    `$(${on} get pod -l cluster-name=${cluster?.name ?? ''},spilo-role=master -o name)`;
  return paragraphs(
    '## The shell',
    'One shell on one machine that reaches both clusters, in this folder. It stays open until the end.',
    shell(
      'set -o pipefail',
      'export OLD=CONTEXT_OF_THE_OLD_CLUSTER     # kubectl config get-contexts',
      'export NEW=CONTEXT_OF_THE_NEW_CLUSTER',
      `export NAMESPACE=${old.namespace}`,
      `set -a; . kubernetes/overlays/${id}/settings.env; set +a   # DOMAIN and the others`,
      `export NAME=${usualName(needs.name)}     # the variable name, if you have set another`,
      `export ADDRESS=$(${text.address})`,
      ...(cluster === undefined ? [] : [`export OLD_PRIMARY=${primary(onOld)}`]),
      ...(cluster === undefined || needs.database === 'managed'
        ? []
        : [`export NEW_PRIMARY=${primary(onNew)}`]),
      'kubectl --context "$OLD" get nodes && kubectl --context "$NEW" get nodes',
    ),
  );
}

function makeRestorePod({ needs, old }: RunbookContext): string {
  if (needs.database !== 'managed') return '';
  const version = old.cluster?.version ?? 'VERSION';
  return paragraphs(
    'The managed database is reached from inside only, so a pod runs the client. Its image has the major version of the old server, and the password comes from the Secret that the stack uses:',
    shell(
      `${onNew} apply -f kubernetes/restore-pod.yaml     # postgres:${version}`,
      `${onNew} wait pod/${restorePod} --for=condition=Ready --timeout=120s`,
    ),
  );
}

/** What is checked before anything is touched. */
export function checks(context: RunbookContext): string {
  const { old, text } = context;
  const database = databaseOf(old);
  const extensions = 'select extname, extversion from pg_extension order by 1';
  const version = 'show server_version_num';
  const collation =
    'select datcollate, datctype, pg_encoding_to_char(encoding) from pg_database where datname = current_database()';
  const roles = "select rolname from pg_roles where rolname !~ '^(pg_|cloudsql)' order by 1";
  const grants = `select distinct grantee from information_schema.role_table_grants where table_schema not in ('pg_catalog', 'information_schema', 'pooler', 'metric_helpers', 'user_management', 'zmon_utils') and grantee <> grantor`;
  const isManaged = context.needs.database === 'managed';
  return paragraphs(
    '## Days before',
    '- [ ] Everything in `tasks.md` is done or decided against.',
    '- [ ] The overlay is applied, and every pod of the new cluster is Ready **with an empty database**.',
    '- [ ] **Rehearsal**: steps 2 to 5 with the old stack running, without freezing it. It measures the times. Afterwards the rehearsed data is removed: drop and make the database again (step 4 begins with it). Digests differ in what customers have written meanwhile; everything else must be equal.',
    '- [ ] A proven backup of the old stack is there: `rekindle backup create`, then `rekindle backup verify` says proven.',
    '- [ ] The alert channel works: somebody has seen a test alert.',
    `- [ ] TTL: the record that customers use now has a TTL of 60 s **since longer than its old TTL**. If the domain is in the new zone: \`serve_from = "old"\`, \`old_address\` set${text.ttlVariable === undefined ? '' : `, \`${text.ttlVariable} = 60\``}, applied. If customers used a name of the local network only (\`*.local\`), tell them the new name instead; there is no record to switch.`,
    ...(text.beforeSwitch === undefined ? [] : [`- [ ] ${text.beforeSwitch}`]),
    '## 0. Checks of the day: stop at the first that does not say what it should',
    makeRestorePod(context),
    shell(
      '# The certificate is ready before customers come:',
      ...text.certificate,
      '# Every backend is healthy, and the new front door answers for the domain (before DNS leads there):',
      `curl -sS -o /dev/null -w '%{http_code}\\n' --resolve "$DOMAIN:443:$ADDRESS" "https://$DOMAIN${context.needs.healthPath}"   # 200`,
      ...(old.cluster === undefined
        ? []
        : [
            '# The new server is of the same major version or a later one; extensions that the stack uses are there:',
            `${oldPsql(context)} -Atc '${version}'`,
            `${newExec(context)} psql -X ${newLogin(context)} -d ${database} -Atc '${version}'`,
            `${oldPsql(context)} -Atc '${extensions}'`,
            `${newExec(context)} psql -X ${newLogin(context)} -d ${database} -Atc '${extensions}'`,
            '# Text is sorted and compared alike:',
            `${oldPsql(context)} -Atc "${collation}"`,
            `${newExec(context)} psql -X ${newLogin(context)} -d ${database} -Atc "${collation}"`,
            ...(isManaged
              ? [
                  '# Rights of other roles are not taken along; whoever is named here gets them by hand after step 4:',
                  `${oldPsql(context)} -Atc "${grants}"`,
                ]
              : [
                  '# Every role of the old side is there; one that was made by hand is made by hand again:',
                  `${oldPsql(context)} -Atc "${roles}"`,
                  `${newExec(context)} psql -X ${newLogin(context)} -d ${database} -Atc "${roles}"`,
                ]),
          ]),
      '# The disk here has room for the dump and the files:',
      'df -h .',
      '# The old stack is well, and proves it by two writes:',
      'rekindle verify --context "$OLD"',
      'rekindle backup list --context "$OLD"      # the newest is proven, and of today',
    ),
  );
}
