import { userSecret } from '../operator-cluster.ts';
import { storedName } from '../stored-secret.ts';
import type { Needs } from '../needs.ts';
import type { Files } from '../overlay.ts';
import { digestsSql } from './digests-sql.ts';
import { word } from './markdown.ts';
import type { TargetText } from './target-text.ts';

const head = (about: string, usage: string) => `#!/usr/bin/env bash
# ${about}
# ${usage}
set -euo pipefail
`;

function pushImages(images: ReadonlyMap<string, string>, { registryLogin }: TargetText): string {
  const lines = [...images].map(([local, there]) => `push ${word(local)} ${word(there)}`);
  return `${head('Pushes the images of the stack to the registry of the target.', 'Usage: scripts/push-images.sh REGISTRY      (output image_registry)')}
registry=\${1:?the registry: tofu output -raw image_registry}
${registryLogin}

push() {
  local architecture
  architecture=$(docker image inspect --format '{{.Architecture}}' "$1")
  if [ "$architecture" != amd64 ]; then
    echo "$1 is built for $architecture; the nodes are amd64. Build it with --platform linux/amd64." >&2
    exit 1
  fi
  docker tag "$1" "$registry/$2"
  docker push "$registry/$2"
}

# An image that only the nodes have: docker exec NODE ctr -n k8s.io images export - IMAGE | docker load
${lines.join('\n')}
`;
}

function copySecret({ putSecret, secretsNeed }: TargetText): string {
  return `${head('Copies a Secret of the old cluster into the secret store of the target. No value is shown or written to disk.', 'Usage: OLD=CONTEXT scripts/copy-secret.sh NAMESPACE SECRET STORED')}
: "\${OLD:?the context of the old cluster}"
${secretsNeed === undefined ? '' : `${secretsNeed}\n`}namespace=\${1:?} secret=\${2:?} stored=\${3:?}
kubectl --context "$OLD" -n "$namespace" get secret "$secret" -o json |
  jq -e '.data | map_values(@base64d)' |
  ${putSecret}
`;
}

function databaseUsers(
  { cluster, namespace }: { cluster: NonNullable<Needs['cluster']>; namespace: string },
  text: TargetText,
): string {
  const users = Object.keys(cluster.users).map(
    (user) =>
      `give '${user}' '${storedName(namespace, `database-${user}`)}'   # read by Secret ${userSecret(cluster, user)}`,
  );
  const about =
    text.setPassword.length > 0
      ? 'Makes the roles of the managed database with new passwords, and puts these into the secret store.'
      : 'Puts new passwords for the roles of the managed database into the secret store; database-owner.sql makes the roles.';
  return `${head(about, 'Usage: scripts/database-users.sh INSTANCE')}
instance=\${1:?the name of the instance: the variable name}

give() {
  local user=$1 stored=$2 password
  # One that is there already is kept, so that this can be run again.
  if ! password=$(${text.getSecret} 2>/dev/null | jq -er .password); then
    password=$(openssl rand -hex 32)
    printf '{"password": "%s"}' "$password" | ${text.putSecret}
  fi
${text.setPassword.map((line) => `  ${line}\n`).join('')}}

${users.join('\n')}
`;
}

/** SQL that makes a role where only SQL can, and takes from it what it did not have on the old cluster. */
function roleLines(
  user: string,
  flags: readonly string[],
  { tooMuch, setPassword }: TargetText,
): readonly string[] {
  const make = [
    `CREATE ROLE "${user}" LOGIN;`,
    '-- Paste what the store has for this role: psql sends only what cannot be turned back (SCRAM).',
    `\\password "${user}"`,
  ];
  const may = ['createdb', 'createrole'].map(
    (flag) => `${flags.includes(flag) ? '' : 'NO'}${flag.toUpperCase()}`,
  );
  return [
    ...(setPassword.length > 0 ? [] : make),
    `GRANT "${user}" TO CURRENT_USER;`,
    ...(tooMuch === undefined ? [] : [`REVOKE ${tooMuch} FROM "${user}";`]),
    `ALTER ROLE "${user}" ${may.join(' ')};`,
  ];
}

function databaseOwner({ cluster }: Needs, text: TargetText): string {
  const lines = [
    `-- Run as ${text.administrator.user}, once, before the restore: the roles own their databases and may no more than on the old cluster.`,
    ...Object.entries(cluster?.users ?? {}).flatMap(([user, flags]) => roleLines(user, flags, text)),
    ...Object.entries(cluster?.databases ?? {}).map(
      ([name, owner]) => `ALTER DATABASE "${name}" OWNER TO "${owner}";`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const internalCertificate = `${head('Makes a certificate for TLS between the load balancer and the pods, straight into the cluster.', 'Usage: NEW=CONTEXT scripts/internal-certificate.sh NAMESPACE SECRET')}
: "\${NEW:?the context of the new cluster}"
namespace=\${1:?} secret=\${2:?}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=$secret" -keyout "$folder/tls.key" -out "$folder/tls.crt"
kubectl --context "$NEW" -n "$namespace" create secret tls "$secret" --key "$folder/tls.key" --cert "$folder/tls.crt"
`;

/** Scripts that the runbook calls: those that the stack needs. */
export function scriptFiles(needs: Needs, images: ReadonlyMap<string, string>, text: TargetText): Files {
  const { cluster, database } = needs;
  const isManaged = database === 'managed' && cluster !== undefined;
  return {
    'table-digests.sql': digestsSql,
    'internal-certificate.sh': internalCertificate,
    ...(images.size > 0 && { 'push-images.sh': pushImages(images, text) }),
    ...(needs.storedSecrets.length > 0 && { 'copy-secret.sh': copySecret(text) }),
    ...(isManaged && {
      'database-users.sh': databaseUsers({ cluster, namespace: cluster.namespace }, text),
      'database-owner.sql': databaseOwner(needs, text),
    }),
  };
}
