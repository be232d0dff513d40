import { expect, test } from 'vitest';

import type { Manifest } from '../manifest.ts';
import { planMigration } from '../plan-migration.ts';
import { targets } from '../targets/index.ts';
import { isPlainSecret, withoutPlainSecrets } from './in-manifest.ts';
import { removed, withoutSecretsInText } from './in-text.ts';

test.each([
  ['DB_PASSWORD', 'x', true],
  ['API_KEY', 'x', true],
  ['SECRET_KEY_BASE', 'x', true],
  ['APP_KEY', 'base64:x', true],
  ['ENCRYPTION_KEY', 'x', true],
  ['RAILS_MASTER_KEY', 'x', true],
  ['FERNET_KEY', 'x', true],
  ['encryptionKey', 'x', true],
  ['MYSQL_PWD', 'x', true],
  ['JAVA_OPTS', '-Xmx1g -Dspring.datasource.password=x', true],
  ['CONFIG', '{"user":"a","password":"x"}', true],
  ['DB', 'Server=db;User Id=sa;Password=x;', true],
  ['DATABASE_URL', 'postgres://a:b@c/d', true],
  ['DATABASE_URL', 'postgres://a:b/c@d/e', true],
  ['DATABASE_URL', 'postgres://a:$(DB_PASSWORD)@c/d', false],
  ['DATABASE_URL', 'postgres://c/d', false],
  ['IMAGE', 'https://registry:5000/a@sha256:1', false],
  ['REDIS_URL', 'redis://redis:6379/0', false],
  ['PASSWORD_FILE', '/run/x', false],
  ['PASSWORD', '/run/secrets/password', false],
  ['TLS_KEY', 'tls/server.key', false],
  ['TOKEN', '$(OTHER)', false],
  ['PASSWORD', '', false],
  ['RESET_PASSWORD', 'true', false],
  ['AWS_ACCESS_KEY_ID', 'x', false],
  ['JWT_PUBLIC_KEY', 'x', false],
  ['ROUTING_KEY', 'orders', false],
  ['MONKEY', 'x', false],
  ['PWD', '/app', false],
])('%s=%s is a secret: %s', (name, value, is) => {
  expect(isPlainSecret(name, value)).toBe(is);
});

const key = '-----BEGIN PRIVATE KEY-----\nMIIEplain\n-----END PRIVATE KEY-----';

test.each([
  [
    'properties',
    'a=1\nspring.datasource.password=pl:ain=x y\nb=2',
    `a=1\nspring.datasource.password=${removed}\nb=2`,
  ],
  ['an ini with spaces', 'db_password = plain\r\nx = 1', `db_password = ${removed}\r\nx = 1`],
  ['quotes', `DB_PASSWORD="pl ain"`, `DB_PASSWORD="${removed}"`],
  ['a line that is commented out', '# password: plain', `# password: ${removed}`],
  ['YAML', 'db:\n  password: plain\n  port: 1', `db:\n  password: ${removed}\n  port: 1`],
  ['lines of YAML', 'db:\n  password: |\n    plain\n    plain\nx: 1', `db:\n  password: ${removed}\nx: 1`],
  ['JSON', '{\n  "apiKey": "plain",\n  "a": 1\n}', `{\n  "apiKey": "${removed}",\n  "a": 1\n}`],
  ['JSON in a line', '{"password":"plain","a":1}', `{"password":"${removed}","a":1}`],
  [
    'a parameter of an address',
    'jdbc:postgresql://d/x?user=a&password=plain&y=1',
    `jdbc:postgresql://d/x?user=a&password=${removed}&y=1`,
  ],
  [
    'an option',
    'exec redis-server --requirepass plain --port 1',
    `exec redis-server --requirepass ${removed} --port 1`,
  ],
  ['Redis’s own setting', 'port 1\nrequirepass plain\n', `port 1\nrequirepass ${removed}\n`],
  ['SQL', `CREATE ROLE a PASSWORD 'plain';`, `CREATE ROLE a PASSWORD '${removed}';`],
  ['XML', '<db><password>plain</password></db>', `<db><password>${removed}</password></db>`],
  [
    'a header',
    'proxy_set_header Authorization "Basic cGxhaW46cGxhaW4=";',
    `proxy_set_header Authorization "Basic ${removed}";`,
  ],
  ['a private key', `k: |\n${key}\n`, `k: |\n${removed}\n`],
  ['logins', 'amqp://a:plain@h1,amqp://b:pl@ain@h2', `amqp://a:${removed}@h1,amqp://b:${removed}@h2`],
])('%s: the secret is taken out of the text, and nothing else', (_, text, without) => {
  expect(withoutSecretsInText(text)).toBe(without);
  expect(withoutSecretsInText(without)).toBe(without);
});

test.each([
  ['server_name shop.local;\nserver_tokens off;\nproxy_pass http://web:8080;'],
  ['key: value\nkey = 1\ntopologyKey: kubernetes.io/hostname'],
  ['password: ${DB_PASSWORD}\ntoken = os.environ["TOKEN"]\nsecret = get_secret("x")\npassword=$PASSWORD'],
  ['passwordSecretRef:\n  name: db\nexistingSecret: db\npassword_file: /run/x\npassword:\n  from: x'],
  ['See the Basic configuration of tokens: there is none.'],
  ['proxy: http://proxy:3128/, other@example.com'],
])('text without a secret stays as it is: %j', (text) => {
  expect(withoutSecretsInText(text)).toBe(text);
});

const shop = { namespace: 'shop' };
const deployment = {
  containers: [
    {
      name: 'web',
      image: 'shop/web:1',
      args: ['--password=(PLAIN-args', '--api-token', 'PLAIN-word', '--port', '80'],
      env: [
        { name: 'SECRET_KEY_BASE', value: 'PLAIN-rails' },
        { name: 'FERNET_KEY', value: 'PLAIN-fernet' },
      ],
      livenessProbe: { exec: { command: ['redis-cli', '-a', 'PLAIN-probe', 'ping'] } },
      readinessProbe: {
        httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'Authorization', value: 'Basic PLAIN' }] },
      },
    },
  ],
};

const stack: readonly Manifest[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', ...shop },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: deployment },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      ...shop,
      annotations: {
        'rekindle.dev/write-probe': JSON.stringify({
          method: 'POST',
          path: '/orders?token=PLAIN-path',
          headers: { Authorization: 'Bearer PLAIN-header', 'X-Kind': 'probe' },
          body: { secret: 'PLAIN-body', amount: 1 },
        }),
        'objectset.rio.cattle.io/applied': 'PLAIN-applied',
      },
    },
    spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, nodePort: 30_080 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'files', ...shop },
    data: {
      'application.properties': 'server.port=80\nspring.datasource.password=PLAIN-properties\n',
      'userlist.txt': '"app" "PLAIN-users"\n',
      MASTER_KEY: 'PLAIN-master',
    },
  },
  {
    apiVersion: 'helm.cattle.io/v1',
    kind: 'HelmChart',
    metadata: { name: 'grafana', ...shop },
    spec: { set: { adminPassword: 'PLAIN-set' }, valuesContent: 'adminPassword: PLAIN-values\n' },
  },
  {
    apiVersion: 'acid.zalan.do/v1',
    kind: 'postgresql',
    metadata: { name: 'db', ...shop },
    spec: {
      numberOfInstances: 3,
      postgresql: { version: '17', parameters: { primary_conninfo: 'host=x password=PLAIN-conninfo' } },
      volume: { size: '5Gi' },
      users: { owner: [] },
      databases: { shop: 'owner' },
      env: [
        { name: 'AWS_ACCESS_KEY_ID', value: 'minio' },
        { name: 'AWS_SECRET_ACCESS_KEY', value: 'PLAIN-aws' },
        { name: 'EXTENSION_TOKEN', value: 'PLAIN-token' },
      ],
      clone: { cluster: 'old', s3_access_key_id: 'minio', s3_secret_access_key: 'PLAIN-clone' },
      sidecars: [{ name: 'logs', image: 'logs:1', env: [{ name: 'LOGS_API_KEY', value: 'PLAIN-sidecar' }] }],
    },
  },
];

const plans = (['gke', 'eks', 'aks'] as const).flatMap((id) =>
  (id === 'aks' ? (['operator'] as const) : (['operator', 'managed'] as const)).map((database) => ({
    id,
    database,
    made: planMigration({ kit: targets[id], database, read: { manifests: stack, unread: [] } }),
  })),
);

test.each(plans)(
  'for $id, database $database: no file, row or task has a secret that stood in plain',
  ({ made }) => {
    const { files, changes, tasks } = made;
    for (const [name, text] of Object.entries(files)) expect(text, name).not.toContain('PLAIN');
    expect(JSON.stringify([changes, tasks])).not.toContain('PLAIN');
  },
);

test.each([
  ['Deployment shop/web', /SECRET_KEY_BASE, FERNET_KEY/],
  ['Deployment shop/web', /args\[0\].*args\[2\].*livenessProbe\.exec\.command\[2\].*\(Authorization\)/],
  ['ConfigMap shop/files', /text of its key application\.properties/],
  ['ConfigMap shop/files', /key MASTER_KEY held a secret/],
  ['postgresql shop/db', /parameters\.primary_conninfo.*\(EXTENSION_TOKEN\).*\(LOGS_API_KEY\)/],
  ['Service shop/web', /annotations had secrets in plain text: rekindle\.dev\/write-probe/],
])('%s is a task: %s', (object, words) => {
  const told = plans[0]?.made.tasks.filter((task) => task.object === object).map(({ what }) => what);
  expect(told?.join('\n')).toMatch(words);
});

test('the runbook asks for the header that logs the probe in, and sends the others as they are', () => {
  const runbook = plans[0]?.made.files['cut-over.md'];
  expect(runbook).toContain(`-H 'Authorization: '"$HEADER_AUTHORIZATION" -H 'X-Kind: probe'`);
  expect(runbook).toMatch(/read -rsp 'Authorization, as in .*' HEADER_AUTHORIZATION; echo/);
});

test('what has no secret stays as it is', () => {
  const plain: Manifest = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'a', annotations: {} },
    spec: { data: [{ secretKey: 'password', remoteRef: { key: 'a' } }] },
  };
  expect(withoutPlainSecrets(plain)).toEqual(plain);
  const probe = '{"path": "/",  "headers": {"X-Probe": "1"}}';
  const service = {
    ...plain,
    kind: 'Service',
    metadata: { name: 'a', annotations: { 'rekindle.dev/write-probe': probe } },
  };
  expect(withoutPlainSecrets(service)).toEqual(service);
});
