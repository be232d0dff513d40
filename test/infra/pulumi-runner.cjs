// Runs a compiled Pulumi program against Pulumi's own mocks and prints what it would make, as JSON. Started by a test, in
// the folder of the program: node pulumi-runner.cjs CONFIG
const { createRequire } = require('node:module');
const path = require('node:path');
const process = require('node:process');

const load = createRequire(path.join(process.cwd(), 'package.json'));
const pulumi = load('@pulumi/pulumi');

const resources = [];
// What a provider would answer besides what it was given: attributes that other resources use.
const answers = {
  'azure:containerservice/kubernetesCluster:KubernetesCluster': {
    oidcIssuerUrl: 'https://issuer.example.net/',
    identity: { type: 'SystemAssigned', principalId: 'cluster-principal' },
    kubeletIdentity: { objectId: 'kubelet-principal' },
  },
  'azure:containerservice/registry:Registry': { loginServer: 'jewelryshop1images.azurecr.io' },
  'azure:network/publicIp:PublicIp': { ipAddress: '203.0.113.10' },
  'azure:dns/zone:Zone': { nameServers: ['ns1.example.net'] },
  'azure:authorization/userAssignedIdentity:UserAssignedIdentity': {
    clientId: 'client',
    principalId: 'principal',
  },
  'aws:acm/certificate:Certificate': {
    arn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1',
    domainValidationOptions: [
      { resourceRecordName: '_a.shop.example.com', resourceRecordValue: '_b.acm.example.net' },
    ],
  },
  'aws:rds/instance:Instance': { address: 'shop.abc.eu-central-1.rds.example.com' },
  'aws:route53/zone:Zone': { zoneId: 'Z1', nameServers: ['ns1.example.net'] },
  'gcp:certificatemanager/dnsAuthorization:DnsAuthorization': {
    dnsResourceRecords: [{ name: '_acme.shop.example.com.', type: 'CNAME', data: 'proof.example.net.' }],
  },
  'gcp:compute/globalAddress:GlobalAddress': { address: '203.0.113.10' },
  'gcp:dns/managedZone:ManagedZone': { nameServers: ['ns1.example.net.', 'ns2.example.net.'] },
  'gcp:serviceaccount/account:Account': { email: 'nodes@my-project-1.iam.gserviceaccount.com' },
  'gcp:sql/databaseInstance:DatabaseInstance': {
    privateIpAddress: '10.1.2.3',
    serviceAccountEmailAddress: 'sql@example.iam.gserviceaccount.com',
    // As the provider's own class marks it (@pulumi/gcp, sql/databaseInstance.js, additionalSecretOutputs).
    serverCaCerts: pulumi.secret([{ cert: 'a certificate' }]),
  },
};
pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs }) => {
      resources.push({ type, name, inputs });
      const arn = `arn:aws:any:eu-central-1:123456789012:${name}`;
      return { id: `${name}-id`, state: { name, arn, ...inputs, ...answers[type] } };
    },
    call: ({ inputs }) => ({ ...inputs, number: '123456789012', accountId: '123456789012' }),
  },
  'jewelry-shop',
  'production',
  false,
);
pulumi.runtime.setAllConfig(JSON.parse(process.argv[2]));

async function main() {
  const outputs = load('./bin/index.js');
  const values = await new Promise((resolve) => {
    pulumi.output({ ...outputs }).apply(resolve);
  });
  const secret = [];
  for (const [name, value] of Object.entries(outputs))
    if (await pulumi.isSecret(pulumi.output(value))) secret.push(name);
  // Registrations that nothing waits for are still under way.
  await pulumi.runtime.disconnect();
  process.stdout.write(JSON.stringify({ resources, outputs: values, secret }));
}

void main();
