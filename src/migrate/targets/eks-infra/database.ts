import { attribute, text, variable, type Subject } from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';
import { privateSubnets, reachableOn } from './network.ts';

/** RDS for PostgreSQL in two zones; AWS makes and keeps the administrator's password (provider aws, docs/resources/db_instance). */
export function database({ cluster, databaseGi }: Needs): Subject {
  const [first] = Object.keys(cluster?.databases ?? {});
  return {
    name: 'database',
    about: 'PostgreSQL, run by AWS.',
    parts: [
      {
        key: 'database_subnets',
        type: 'aws_db_subnet_group',
        pulumi: 'aws.rds.SubnetGroup',
        arguments: { name: variable('name'), subnet_ids: privateSubnets },
      },
      reachableOn('database_access', 5432, 'PostgreSQL from inside of the network'),
      {
        key: 'database',
        type: 'aws_db_instance',
        pulumi: 'aws.rds.Instance',
        comment:
          'The standby has every transaction before it counts; it cannot be read. The password of postgres is in Secrets Manager, and nowhere else.',
        arguments: {
          identifier: variable('name'),
          engine: 'postgres',
          engine_version: cluster?.version ?? '',
          instance_class: variable('database_class'),
          ...(first !== undefined && { db_name: first }),
          username: 'postgres',
          manage_master_user_password: true,
          multi_az: true,
          publicly_accessible: false,
          db_subnet_group_name: attribute('database_subnets', 'name'),
          vpc_security_group_ids: [attribute('database_access', 'id')],
          storage_type: 'gp3',
          // The least of gp3 on RDS is 20 GiB; it grows by itself up to ten times of it.
          allocated_storage: Math.max(20, databaseGi),
          max_allocated_storage: Math.max(20, databaseGi) * 10,
          storage_encrypted: true,
          backup_retention_period: 30,
          backup_window: text`${variable('quiet_hour')}:00-${variable('quiet_hour')}:30`,
          copy_tags_to_snapshot: true,
          deletion_protection: true,
          skip_final_snapshot: false,
          final_snapshot_identifier: text`${variable('name')}-last`,
          auto_minor_version_upgrade: true,
          ca_cert_identifier: 'rds-ca-rsa2048-g1',
          performance_insights_enabled: true,
        },
        isKept: true,
        ignore: ['allocated_storage'],
      },
    ],
  };
}
