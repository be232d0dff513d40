import {
  attribute,
  block,
  blocks,
  each,
  text,
  variable,
  type Resource,
  type Subject,
} from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';
import { podRole } from './cluster.ts';
import { policy } from './json-policy.ts';
import { reachableOn, zoneLetters } from './network.ts';

/** What was deleted or overwritten can be brought back for so long, days. */
const daysBack = 30;

function backups(): readonly Resource[] {
  const bucket = attribute('backups', 'id');
  return [
    {
      key: 'backups',
      type: 'aws_s3_bucket',
      pulumi: 'aws.s3.Bucket',
      comment: 'Backups. Deleted or overwritten, they can be brought back for 30 days.',
      arguments: { bucket_prefix: text`${variable('name')}-backups-`, force_destroy: false },
      isKept: true,
    },
    {
      key: 'backups_versions',
      type: 'aws_s3_bucket_versioning',
      pulumi: 'aws.s3.BucketVersioning',
      arguments: { bucket, versioning_configuration: block({ status: 'Enabled' }) },
    },
    {
      key: 'backups_private',
      type: 'aws_s3_bucket_public_access_block',
      pulumi: 'aws.s3.BucketPublicAccessBlock',
      arguments: {
        bucket,
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    },
    {
      key: 'backups_lifecycle',
      type: 'aws_s3_bucket_lifecycle_configuration',
      pulumi: 'aws.s3.BucketLifecycleConfiguration',
      arguments: {
        bucket,
        rule: blocks([
          {
            id: 'old-versions',
            status: 'Enabled',
            filter: block({ prefix: '' }),
            noncurrent_version_expiration: block({ noncurrent_days: daysBack }),
            abort_incomplete_multipart_upload: block({ days_after_initiation: 7 }),
          },
        ]),
      },
      after: ['backups_versions'],
    },
  ];
}

function files(): readonly Resource[] {
  return [
    reachableOn('files_access', 2049, 'NFS from inside of the network'),
    {
      key: 'files',
      type: 'aws_efs_file_system',
      pulumi: 'aws.efs.FileSystem',
      comment: 'Files of customers; the pods mount it.',
      arguments: { encrypted: true, throughput_mode: 'elastic' },
      isKept: true,
    },
    {
      key: 'files_backup',
      type: 'aws_efs_backup_policy',
      pulumi: 'aws.efs.BackupPolicy',
      comment: 'A copy a day, kept for 35 days.',
      arguments: { file_system_id: attribute('files', 'id'), backup_policy: block({ status: 'ENABLED' }) },
    },
    ...zoneLetters.map((letter): Resource => ({
      key: `files_${letter}`,
      type: 'aws_efs_mount_target',
      pulumi: 'aws.efs.MountTarget',
      arguments: {
        file_system_id: attribute('files', 'id'),
        subnet_id: attribute(`private_${letter}`, 'id'),
        security_groups: [attribute('files_access', 'id')],
      },
    })),
  ];
}

function rights(needs: Needs): readonly Resource[] {
  return needs.grants.flatMap((grant): readonly Resource[] => {
    if (grant.may === 'write-uploads') return [];
    const key = grant.may === 'write-backups' ? 'backup_writer' : 'secret_reader';
    const allowed =
      grant.may === 'write-backups'
        ? policy(
            [
              { Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: '@bucket@' },
              {
                Effect: 'Allow',
                Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
                Resource: '@bucket@/*',
              },
            ],
            { bucket: attribute('backups', 'arn') },
          )
        : policy([
            {
              Effect: 'Allow',
              Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
              Resource: needs.storedSecrets.map((name) => `arn:aws:secretsmanager:*:*:secret:${name}-*`),
            },
          ]);
    return [
      ...podRole(key, grant),
      {
        key: `${key}_policy`,
        type: 'aws_iam_role_policy',
        pulumi: 'aws.iam.RolePolicy',
        arguments: { role: attribute(key, 'id'), policy: allowed },
      },
    ];
  });
}

/** The bucket for backups, files, images and secrets, and who may use them. */
export function storage(needs: Needs): Subject {
  const places: readonly Resource[] =
    needs.storedSecrets.length === 0
      ? []
      : [
          {
            key: 'secret',
            type: 'aws_secretsmanager_secret',
            pulumi: 'aws.secretsmanager.Secret',
            comment:
              'Places for secrets. Their values are put there by hand (README.md): neither these files nor the state have them.',
            arguments: { name: each },
            each: needs.storedSecrets,
          },
        ];
  const images: readonly Resource[] =
    needs.repositories.length === 0
      ? []
      : [
          {
            key: 'images',
            type: 'aws_ecr_repository',
            pulumi: 'aws.ecr.Repository',
            arguments: {
              name: text`${variable('name')}/${each}`,
              image_tag_mutability: 'IMMUTABLE',
              image_scanning_configuration: block({ scan_on_push: true }),
            },
            each: needs.repositories,
          },
        ];
  return {
    name: 'storage',
    about:
      'The bucket for backups, shared files, the registry for images, places for secrets; who may use them.',
    parts: [
      ...backups(),
      ...(needs.settings.includes('UPLOADS') ? files() : []),
      ...images,
      ...places,
      ...rights(needs),
    ],
  };
}
