import { attribute, block, each, text, variable, type Resource, type Subject } from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';

/** Every day one, and the log between them for so many days, which is the most of Cloud SQL's Enterprise edition. */
const kept = { backups: 30, logDays: 7 };

/**
 * Cloud SQL in two zones, by a private address, with TLS, daily backups and recovery to any second of the last week
 * (provider google, docs/resources/sql_database_instance; cloud.google.com/sql/docs/postgres/high-availability).
 */
export function database({ cluster, databaseGi }: Needs): Subject {
  const names = Object.keys(cluster?.databases ?? {});
  const instance: Resource = {
    key: 'database',
    type: 'google_sql_database_instance',
    pulumi: 'gcp.sql.DatabaseInstance',
    comment:
      'The standby has every transaction before it counts (synchronous disks in two zones); it cannot be read.',
    arguments: {
      name: variable('name'),
      region: variable('region'),
      database_version: `POSTGRES_${cluster?.version ?? ''}`,
      deletion_protection: true,
      settings: block({
        tier: variable('database_tier'),
        edition: 'ENTERPRISE',
        availability_type: 'REGIONAL',
        disk_type: 'PD_SSD',
        disk_size: databaseGi,
        disk_autoresize: true,
        deletion_protection_enabled: true,
        ip_configuration: block({
          ipv4_enabled: false,
          private_network: attribute('network', 'id'),
          ssl_mode: 'ENCRYPTED_ONLY',
        }),
        backup_configuration: block({
          enabled: true,
          start_time: text`${variable('quiet_hour')}:00`,
          point_in_time_recovery_enabled: true,
          transaction_log_retention_days: kept.logDays,
          backup_retention_settings: block({ retained_backups: kept.backups }),
        }),
        maintenance_window: block({
          day: 7,
          hour: { kind: 'number', of: variable('quiet_hour') },
          update_track: 'stable',
        }),
        insights_config: block({ query_insights_enabled: true }),
      }),
    },
    after: ['database_peering'],
    isKept: true,
    // It grows by itself; to set it again would be refused, a disk cannot shrink.
    ignore: ['settings[0].disk_size'],
  };
  const databases: Resource = {
    key: 'database_name',
    type: 'google_sql_database',
    pulumi: 'gcp.sql.Database',
    comment: 'Roles and passwords are made by hand (README.md): neither these files nor the state have them.',
    arguments: { name: each, instance: attribute('database', 'name') },
    each: names,
  };
  return {
    name: 'database',
    about: 'PostgreSQL, run by Google.',
    parts: names.length === 0 ? [instance] : [instance, databases],
  };
}
