import {
  attribute,
  everybodys,
  text,
  variable,
  type Output,
  type Program,
  type Subject,
  type Value,
} from '../../infra/model.ts';
import { settingsOutput } from '../../infra/settings-output.ts';
import type { Needs } from '../../needs.ts';
import type { SettingName } from '../../settings.ts';
import { cluster } from './cluster.ts';
import { database } from './database.ts';
import { frontDoor } from './front-door.ts';
import { monitoring } from './monitoring.ts';
import { network } from './network.ts';
import { storage } from './storage.ts';
import { gkeVariables } from './variables.ts';

const registry = text`${variable('region')}-docker.pkg.dev/${variable('project_id')}/${attribute('images', 'repository_id')}`;

const values: Readonly<Partial<Record<SettingName, Value>>> = {
  DOMAIN: variable('domain'),
  IMAGE_REGISTRY: registry,
  CERTIFICATE: attribute('certificate_map', 'name'),
  FRONT_DOOR_ADDRESS: attribute('front_door', 'name'),
  TLS_POLICY: attribute('tls', 'name'),
  UPLOADS: attribute('uploads', 'name'),
  BACKUP_BUCKET: attribute('backups', 'name'),
  DATABASE_HOST: attribute('database', 'private_ip_address'),
  SECRETS_PROJECT: variable('project_id'),
};

function outputs(needs: Needs): readonly Output[] {
  const authority: Output = {
    name: 'database_ca',
    description:
      'Certificate of the authority that signs the database’s own: database_ca.pem of the overlay.',
    // The provider marks the whole list as sensitive (provider google, resource_sql_database_instance.go, server_ca_cert; since
    // 5.12.0), though a certificate is what a server shows to everybody.
    value: everybodys(attribute('database', 'server_ca_cert[0].cert', 'serverCaCerts[0].cert')),
  };
  return [
    settingsOutput(needs, values),
    ...(needs.database === 'managed' ? [authority] : []),
    {
      name: 'name_servers',
      description: 'Where the domain has to be delegated to.',
      value: attribute('zone', 'name_servers'),
    },
    {
      name: 'front_door_address',
      description: 'Where customers will be sent.',
      value: attribute('front_door', 'address'),
    },
    {
      name: 'image_registry',
      description: 'Where the images are pushed to: scripts/push-images.sh.',
      value: registry,
    },
    {
      name: 'connect',
      description: 'The command that lets kubectl reach the cluster.',
      value: text`gcloud container clusters get-credentials ${attribute('cluster', 'name')} --location ${variable('region')} --project ${variable('project_id')} --dns-endpoint`,
    },
  ];
}

/** What the stack runs on in Google Cloud. */
export function gkeProgram(needs: Needs): Program {
  const subjects: readonly Subject[] = [
    network(needs),
    cluster(needs),
    ...(needs.database === 'managed' ? [database(needs)] : []),
    storage(needs),
    frontDoor(),
    monitoring(needs),
  ];
  return {
    provider: {
      name: 'google',
      source: 'hashicorp/google',
      version: '6.50.0',
      settings: { project: variable('project_id'), region: variable('region') },
      pulumi: { package: '@pulumi/gcp', version: '9.37.0', as: 'gcp' },
      backend: { type: 'gcs', fixed: { prefix: `rekindle/${needs.name}` } },
    },
    variables: gkeVariables(needs),
    subjects,
    outputs: outputs(needs),
  };
}
