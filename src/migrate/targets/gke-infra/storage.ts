import {
  attribute,
  block,
  blocks,
  each,
  map,
  text,
  variable,
  type Resource,
  type Subject,
} from '../../infra/model.ts';
import type { Grant } from '../../bench.ts';
import type { Needs } from '../../needs.ts';

/** What was deleted or overwritten can be brought back for so long, days. */
const daysBack = 30;

const daySeconds = 86_400;

/**
 * Versions and soft delete (at most 90 days), not a retention policy: a bucket has had either versions or a retention policy,
 * not both (cloud.google.com/storage/docs/bucket-lock), and the latter would also keep WAL-G from removing old backups.
 */
function bucket(key: string, suffix: string, comment: string): Resource {
  return {
    key,
    type: 'google_storage_bucket',
    pulumi: 'gcp.storage.Bucket',
    comment,
    arguments: {
      name: text`${variable('project_id')}-${variable('name')}-${suffix}`,
      location: variable('region'),
      storage_class: 'STANDARD',
      uniform_bucket_level_access: true,
      public_access_prevention: 'enforced',
      force_destroy: false,
      versioning: block({ enabled: true }),
      soft_delete_policy: block({ retention_duration_seconds: daysBack * daySeconds }),
      lifecycle_rule: blocks([
        {
          action: block({ type: 'Delete' }),
          condition: block({ days_since_noncurrent_time: daysBack, with_state: 'ARCHIVED' }),
        },
        {
          action: block({ type: 'AbortIncompleteMultipartUpload' }),
          condition: block({ age: 7 }),
        },
      ]),
    },
    after: ['api'],
    isKept: true,
  };
}

const bucketOf: Readonly<Record<Exclude<Grant['may'], 'read-secrets'>, string>> = {
  'write-uploads': 'uploads',
  'write-backups': 'backups',
};

/** A service account of the cluster as IAM names it (docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity). */
export function principal({ namespace, serviceAccount }: Grant): ReturnType<typeof text> {
  const pool = text`${variable('project_id')}.svc.id.goog`;
  const number = attribute('project', 'number', 'apply((project) => project.number)');
  return text`principal://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/subject/ns/${namespace}/sa/${serviceAccount}`;
}

function bindings({ grants }: Needs): readonly Resource[] {
  return grants.flatMap((grant): readonly Resource[] => {
    const { namespace, serviceAccount, may } = grant;
    if (may === 'read-secrets') return [];
    const name = bucketOf[may];
    const isLone =
      grants.filter((one) => one.may === may && one.serviceAccount === serviceAccount).length === 1;
    return [
      {
        key: [name, ...(isLone ? [] : [namespace]), serviceAccount].join('_').replaceAll(/[^a-z0-9]+/g, '_'),
        type: 'google_storage_bucket_iam_member',
        pulumi: 'gcp.storage.BucketIAMMember',
        comment: `Pods that run as ${namespace}/${serviceAccount} may write here: workload identity, no key anywhere.`,
        arguments: {
          bucket: attribute(name, 'name'),
          role: 'roles/storage.objectUser',
          member: principal(grant),
        },
        after: ['cluster'],
      },
    ];
  });
}

/** Backups of an instance are part of it and go with it; an export does not (cloud.google.com/sql/docs/postgres/import-export/import-export-dmp). */
const exporter: Resource = {
  key: 'database_exports',
  type: 'google_storage_bucket_iam_member',
  pulumi: 'gcp.storage.BucketIAMMember',
  comment: 'Cloud SQL may write exports here: gcloud sql export sql (README.md).',
  arguments: {
    bucket: attribute('backups', 'name'),
    role: 'roles/storage.objectAdmin',
    member: text`serviceAccount:${attribute('database', 'service_account_email_address')}`,
  },
};

/** Whether the stack keeps files of users. */
export function hasUploads({ grants }: Needs): boolean {
  return grants.some(({ may }) => may === 'write-uploads');
}

/** Buckets, images and secrets, and who may read or write them. */
export function storage(needs: Needs): Subject {
  const secrets: readonly Resource[] =
    needs.storedSecrets.length === 0
      ? []
      : [
          {
            key: 'secret',
            type: 'google_secret_manager_secret',
            pulumi: 'gcp.secretmanager.Secret',
            comment:
              'Places for secrets. Their values are put there by hand (README.md): neither these files nor the state have them.',
            arguments: { secret_id: each, replication: block({ auto: block({}) }) },
            each: needs.storedSecrets,
            after: ['api'],
          },
          ...needs.grants
            .filter(({ may }) => may === 'read-secrets')
            .map((grant): Resource => ({
              key: 'secret_reader',
              type: 'google_secret_manager_secret_iam_member',
              pulumi: 'gcp.secretmanager.SecretIamMember',
              comment: 'External Secrets Operator may read these secrets and no others.',
              arguments: {
                secret_id: each,
                role: 'roles/secretmanager.secretAccessor',
                member: principal(grant),
              },
              each: needs.storedSecrets,
              after: ['secret', 'cluster'],
            })),
        ];
  return {
    name: 'storage',
    about: 'Buckets for backups and uploads, the registry for images, places for secrets; who may use them.',
    parts: [
      {
        key: 'project',
        data: 'google_project',
        pulumi: 'gcp.organizations.getProjectOutput',
        arguments: { project_id: variable('project_id') },
      },
      bucket('backups', 'backups', 'Backups. Deleted or overwritten, they can be brought back for 30 days.'),
      ...(hasUploads(needs) ? [bucket('uploads', 'uploads', 'Files of customers; the pods mount it.')] : []),
      ...bindings(needs),
      ...(needs.database === 'managed' ? [exporter] : []),
      {
        key: 'images',
        type: 'google_artifact_registry_repository',
        pulumi: 'gcp.artifactregistry.Repository',
        arguments: {
          repository_id: variable('name'),
          location: variable('region'),
          format: 'DOCKER',
          description: 'Images of the stack',
          labels: map({ stack: variable('name') }),
        },
        after: ['api'],
      },
      {
        key: 'image_reader',
        type: 'google_artifact_registry_repository_iam_member',
        pulumi: 'gcp.artifactregistry.RepositoryIamMember',
        comment: 'Nodes may pull, nothing more.',
        arguments: {
          location: attribute('images', 'location'),
          repository: attribute('images', 'name'),
          role: 'roles/artifactregistry.reader',
          member: text`serviceAccount:${attribute('node_account', 'email')}`,
        },
      },
      ...secrets,
    ],
  };
}
