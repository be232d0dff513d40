import { attribute, text, variable, type Output, type Program, type Value } from '../../infra/model.ts';
import { settingsOutput } from '../../infra/settings-output.ts';
import type { Needs } from '../../needs.ts';
import type { SettingName } from '../../settings.ts';
import { cluster } from './cluster.ts';
import { database } from './database.ts';
import { frontDoor } from './front-door.ts';
import { monitoring } from './monitoring.ts';
import { network } from './network.ts';
import { storage } from './storage.ts';
import { eksVariables } from './variables.ts';

const registry = text`${attribute('account', 'account_id')}.dkr.ecr.${variable('region')}.amazonaws.com/${variable('name')}`;

const values: Readonly<Partial<Record<SettingName, Value>>> = {
  DOMAIN: variable('domain'),
  IMAGE_REGISTRY: registry,
  CERTIFICATE: attribute('certificate', 'arn'),
  UPLOADS: attribute('files', 'id'),
  BACKUP_BUCKET: attribute('backups', 'id'),
  DATABASE_HOST: attribute('database', 'address'),
  SECRETS_PROJECT: variable('region'),
};

function outputs(needs: Needs): readonly Output[] {
  return [
    settingsOutput(needs, values),
    {
      name: 'name_servers',
      description: 'Where the domain has to be delegated to.',
      value: attribute('zone', 'name_servers'),
    },
    {
      name: 'image_registry',
      description: 'Where the images are pushed to: scripts/push-images.sh.',
      value: registry,
    },
    {
      name: 'connect',
      description: 'The command that lets kubectl reach the cluster.',
      value: text`aws eks update-kubeconfig --name ${attribute('cluster', 'name')} --region ${variable('region')}`,
    },
  ];
}

/** What the stack runs on in AWS. */
export function eksProgram(needs: Needs): Program {
  const isManaged = needs.database === 'managed';
  const parts = storage(needs);
  return {
    provider: {
      name: 'aws',
      source: 'hashicorp/aws',
      version: '6.25.0',
      settings: { region: variable('region') },
      pulumi: { package: '@pulumi/aws', version: '7.48.0', as: 'aws' },
      // use_lockfile, which README.md sets, is of 1.10 (OpenTofu and Terraform, backend s3).
      backend: { type: 's3', fixed: { key: `rekindle/${needs.name}/terraform.tfstate` }, since: '1.10' },
    },
    variables: eksVariables(needs),
    subjects: [
      network(),
      cluster(needs),
      ...(isManaged ? [database(needs)] : []),
      {
        ...parts,
        parts: [
          {
            key: 'account',
            data: 'aws_caller_identity',
            pulumi: 'aws.getCallerIdentityOutput',
            arguments: {},
          },
          ...parts.parts,
        ],
      },
      frontDoor(),
      ...(isManaged ? [monitoring()] : []),
    ],
    outputs: outputs(needs),
  };
}
