import type { WriteProbe } from '../facts.ts';
import { removed } from '../plain-secrets/in-text.ts';
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
import { paragraphs, quoted, shell, word } from './markdown.ts';

/** The text with the shell's variable in the place of `${id}`. */
const withId = (text: string) => quoted(text).replaceAll('${id}', `'"$1"'`);

/** A header of the probe for curl. What it logged in with is not in this folder; the shell has it in a variable. */
function header(name: string, value: string): string {
  return value.includes(removed)
    ? `-H ${quoted(`${name}: `)}"$${variableOf(name)}"`
    : `-H ${quoted(`${name}: ${value}`)}`;
}

const variableOf = (name: string) => `HEADER_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;

/** Asks the person for what the folder does not have. */
function asked({ headers, body = '', path, readBack = '' }: WriteProbe): readonly string[] {
  const names = Object.entries(headers).filter(([, value]) => value.includes(removed));
  return [
    ...names.map(
      ([name]) =>
        `read -rsp ${quoted(`${name}, as in the annotation rekindle.dev/write-probe of the old Service: `)} ${variableOf(name)}; echo`,
    ),
    ...([body, path, readBack].some((text) => text.includes(removed))
      ? [`# Put what the old Service's annotation has in the place of ${removed} in these lines:`]
      : []),
  ];
}

function writes(probe: WriteProbe): readonly string[] {
  const { method, path, headers, body, expectStatus, readBack } = probe;
  const all = { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) };
  const heads = Object.entries(all).map(([name, value]) => header(name, value));
  const to = `--resolve "$DOMAIN:443:$ADDRESS"`;
  const data = body === undefined ? '' : ` --data ${withId(body)}`;
  return [
    ...asked(probe),
    'write() {',
    `  curl -sS -o /dev/null -w '%{http_code}\\n' ${to} -X ${word(method)} ${heads.join(' ')}${data} "https://$DOMAIN"${withId(path)}`,
    '}',
    ...(readBack === undefined
      ? []
      : [
          'read_back() {',
          `  curl -sS -w '\\n%{http_code}\\n' ${to} ${Object.entries(headers)
            .map(([name, value]) => header(name, value))
            .join(' ')} "https://$DOMAIN"${withId(readBack)}`,
          '}',
        ]),
    `first=cut-over-$(date +%s); write "$first"       # ${expectStatus}`,
    `sleep 2; second=cut-over-$(date +%s); write "$second"   # ${expectStatus}`,
    ...(readBack === undefined
      ? []
      : ['read_back "$first"; read_back "$second"   # 200, and what was written']),
  ];
}

/** Two writes before anybody is sent there. */
export function prove(context: RunbookContext): string {
  const { old } = context;
  const start = [
    ...scale(onNew, old.writers, ({ replicas }) => replicas),
    ...old.writers.map(({ name }) => `${onNew} rollout status ${name} --timeout=300s`),
  ];
  return paragraphs(
    '## 6. Prove it by two writes',
    'Through the new front door, before DNS leads there. They are the writes that the owner allows Rekindle to make; the stack keeps them apart from orders.',
    shell(...start),
    old.probe === undefined
      ? 'The stack declares no write for this (`rekindle.dev/write-probe` on the Service of the front door). Do by hand what a customer does, twice, and look at what was stored: `curl --resolve "$DOMAIN:443:$ADDRESS" ...`, or a browser with `ADDRESS DOMAIN` in the hosts file of your machine.'
      : shell(...writes(old.probe)),
    old.files.length === 0 ? '' : 'Open a file that a customer has uploaded, and upload one.',
    '**Anything else than that: go to “The way back”.** Still nothing is lost.',
  );
}

/** Where the point of no return is. */
export function switchDns(context: RunbookContext): string {
  const { needs } = context;
  return paragraphs(
    '## 7. Switch DNS',
    '**With the first write of a customer on the new side the way back begins to cost data.** Decide here, with everybody who has to agree.',
    shell(
      '# serve_from = "new" in terraform.tfvars, then:',
      'tofu -chdir=tofu apply     # it must change the record and add the check of the front door, nothing else',
      '# or: pulumi config set serveFrom new && pulumi up',
      'date -u +%FT%TZ            # write it down: customers are on the new side from here on',
      ...context.old.cronJobs.map(({ name }) => `${onNew} patch ${name} -p '{"spec": {"suspend": false}}'`),
      'dig +short "$DOMAIN" @1.1.1.1; dig +short "$DOMAIN" @8.8.8.8     # $ADDRESS, at the latest after the old TTL',
      `curl -sS -o /dev/null -w '%{http_code} %{remote_ip}\\n' "https://$DOMAIN${needs.healthPath}"`,
    ),
    'Some resolvers keep an answer longer than they should. They reach the old front door, which is closed: those customers wait, and nothing of theirs is lost.',
    '## 8. Watch, an hour at least',
    shell(
      `${onNew} get pods -o wide`,
      `${onNew} get events --field-selector type=Warning --sort-by=.lastTimestamp | tail`,
    ),
    'Errors at the load balancer, logins at PgBouncer, the queue of the workers, mails that the stack sends, payments that come in.',
  );
}

/** How the old side is brought back, until when, and what it costs. */
export function wayBack(context: RunbookContext): string {
  const { old } = context;
  const database = databaseOf(old);
  const open = [
    ...(old.cluster === undefined
      ? []
      : [`${oldPsql(context)} -c 'ALTER DATABASE "${database}" RESET default_transaction_read_only'`]),
    ...scale(
      onOld,
      [...old.writers, ...old.schedulers.filter((one) => old.writers.every(({ name }) => name !== one.name))],
      ({ replicas }) => replicas,
    ),
    ...old.files
      .filter(({ goesWithPod }) => goesWithPod)
      .flatMap(({ runsAs, selector, container, mountPath }) => [
        `${onOld} rollout status ${runsAs}`,
        `for pod in $(${onOld} get pod -l ${word(selector)} -o name); do`,
        `  tar -C files/${runsAs.replace('/', '-')} -cf - . | ${onOld} exec -i "$pod" -c ${container} -- tar -C ${word(mountPath)} -xf -`,
        'done',
      ]),
    ...scale(onOld, old.doors, ({ replicas }) => replicas),
    ...old.cronJobs.map(({ name }) => `${onOld} patch ${name} -p '{"spec": {"suspend": false}}'`),
    'rekindle resume --context "$OLD"',
    'rekindle verify --context "$OLD"',
  ];
  const without = `${newExec(context)} pg_dump ${newLogin(context)} -Fc -N pooler -N metric_helpers -N user_management -N zmon_utils ${database} > back.dump`;
  return paragraphs(
    '## The way back',
    '### Until step 7: free',
    'No customer has written to the new side. The two writes of step 6 are thrown away with it.',
    old.files.some(({ goesWithPod }) => goesWithPod)
      ? 'After step 2 the pods that had files in an emptyDir are gone, and so are the files in them. They are in `files/`, and are put back before the door is opened: each pod gets all of them.'
      : '',
    shell('# serve_from = "old", and apply, if it was changed', ...open),
    '### After step 7: it costs what was written since',
    'Whatever customers have written to the new side is not on the old one. There are two ways, and the people who own the data choose:',
    '1. **Back without it**: the commands above, and `serve_from = "old"`. Lost: every write between the time written down in step 7 and the moment the new front door is closed. Keep the new database; what was lost can be read there.',
    '2. **Back with it**: the same cut-over in the other direction. Customers wait once more, for about as long as the first time.',
    shell(
      ...scale(onNew, old.doors, () => 0),
      ...scale(onNew, old.writers, () => 0),
      `${newExec(context)} psql -X -qAt ${newLogin(context)} -d ${database} < scripts/table-digests.sql > digests-back.txt`,
      without,
      '# Beside the old database, never over it:',
      ...(old.cluster === undefined
        ? []
        : [
            `${oldPsql(context).replace(`-d ${database}`, '-d postgres')} -c 'CREATE DATABASE "${database}_back" OWNER "${ownerOf(old)}" TEMPLATE template0'`,
            `${onOld} exec -i "$OLD_PRIMARY" -c postgres -- pg_restore -U postgres -d ${database}_back --no-owner --role=${ownerOf(old)} --no-privileges --exit-on-error < back.dump`,
            `${oldPsql(context).replace(`-d ${database}`, `-d ${database}_back`)} -qAt < scripts/table-digests.sql | diff digests-back.txt -      # equal, but for what the operator adds`,
            '# then rename: the old one to NAME_before, the copy to NAME; and open the old side as above',
          ]),
    ),
    'Files that were uploaded on the new side are in its shared storage and have to be copied back as well.',
    '### When the way back ends',
    'When the old machine is switched off, or its disk is used for something else. Until then: leave the old cluster stopped in this state, with its dump, for as long as the owner of the data says.',
  );
}

/** What is left to do. */
export function afterwards({ needs, old, text }: RunbookContext): string {
  return paragraphs(
    '## Afterwards',
    ...(text.ttlVariable === undefined ? [] : [`- [ ] \`${text.ttlVariable} = 3600\`, applied.`]),
    needs.database === 'managed'
      ? '- [ ] A backup of the new instance was restored into another instance, and its digests are equal. A backup that nobody has restored is a hope.'
      : `- [ ] Base backups and write-ahead log arrive in the bucket (\`${onNew} exec "$NEW_PRIMARY" -c postgres -- envdir /run/etc/wal-e.d/env wal-g backup-list\`), and one was restored into another cluster (\`spec.clone\` of the operator). A backup that nobody has restored is a hope.`,
    '- [ ] An alert was seen by the people whom it is for: break something that may be broken.',
    '- [ ] A node was drained during a quiet hour, and customers did not notice.',
    ...(needs.database === 'managed'
      ? [`- [ ] \`${onNew} delete pod restore\`; its dump goes with it.`]
      : []),
    ...(old.files.length > 0
      ? ['- [ ] `copies/` and `files/` on this machine are deleted when the way back has ended.']
      : []),
    '- [ ] The dump on this machine is deleted, or kept encrypted, when the way back has ended: it has everything that the database has.',
  );
}
