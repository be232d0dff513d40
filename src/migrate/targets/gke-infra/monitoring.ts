import {
  attribute,
  block,
  blocks,
  map,
  text,
  variable,
  type Arguments,
  type Resource,
  type Subject,
} from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';

const served = { variable: 'serve_from', is: 'new' } as const;

function alert(key: string, name: string, threshold: Arguments, more: Partial<Resource> = {}): Resource {
  return {
    key,
    type: 'google_monitoring_alert_policy',
    pulumi: 'gcp.monitoring.AlertPolicy',
    arguments: {
      display_name: text`${variable('name')}: ${name}`,
      combiner: 'OR',
      notification_channels: [attribute('people', 'name')],
      conditions: blocks([{ display_name: name, condition_threshold: block(threshold) }]),
    },
    ...more,
  };
}

/** Which series of Cloud SQL is meant. */
const filter = (metric: string) =>
  text`resource.type = "cloudsql_database" AND resource.labels.database_id = "${variable('project_id')}:${attribute('database', 'name')}" AND metric.type = "cloudsql.googleapis.com/database/${metric}"`;

function databaseAlerts({ database }: Needs): readonly Resource[] {
  if (database !== 'managed') return [];
  return [
    alert('database_down', 'the database is down', {
      filter: filter('up'),
      comparison: 'COMPARISON_LT',
      threshold_value: 1,
      duration: '120s',
      aggregations: blocks([{ alignment_period: '60s', per_series_aligner: 'ALIGN_MEAN' }]),
    }),
    alert('database_full', 'the disk of the database is getting full', {
      filter: filter('disk/utilization'),
      comparison: 'COMPARISON_GT',
      threshold_value: 0.85,
      duration: '600s',
      aggregations: blocks([{ alignment_period: '300s', per_series_aligner: 'ALIGN_MAX' }]),
    }),
  ];
}

function frontDoorChecks({ healthPath }: Needs): readonly Resource[] {
  return [
    {
      key: 'uptime',
      type: 'google_monitoring_uptime_check_config',
      pulumi: 'gcp.monitoring.UptimeCheckConfig',
      comment: 'Asked from several continents once customers are sent here.',
      arguments: {
        display_name: text`${variable('name')}: the front door answers`,
        timeout: '10s',
        period: '60s',
        http_check: block({ path: healthPath, port: 443, use_ssl: true, validate_ssl: true }),
        monitored_resource: block({
          type: 'uptime_url',
          labels: map({ project_id: variable('project_id'), host: variable('domain') }),
        }),
      },
      onlyIf: served,
      after: ['api'],
    },
    alert(
      'front_door_silent',
      'the front door does not answer',
      {
        filter: text`resource.type = "uptime_url" AND resource.labels.host = "${variable('domain')}" AND metric.type = "monitoring.googleapis.com/uptime_check/check_passed"`,
        comparison: 'COMPARISON_GT',
        threshold_value: 1,
        duration: '120s',
        aggregations: blocks([
          {
            alignment_period: '120s',
            per_series_aligner: 'ALIGN_NEXT_OLDER',
            cross_series_reducer: 'REDUCE_COUNT_FALSE',
            group_by_fields: ['resource.label.host'],
          },
        ]),
        trigger: block({ count: 1 }),
      },
      { onlyIf: served },
    ),
  ];
}

/** Who is told, and of what; and copies of the cluster's objects and volumes. */
export function monitoring(needs: Needs): Subject {
  return {
    name: 'monitoring',
    about: 'Alerts, and daily copies of the cluster’s own objects and volumes.',
    parts: [
      {
        key: 'people',
        type: 'google_monitoring_notification_channel',
        pulumi: 'gcp.monitoring.NotificationChannel',
        arguments: {
          display_name: text`People of ${variable('name')}`,
          type: 'email',
          labels: map({ email_address: variable('alert_email') }),
        },
        after: ['api'],
      },
      ...frontDoorChecks(needs),
      alert('volume_full', 'a volume is getting full', {
        filter: text`resource.type = "k8s_pod" AND resource.labels.cluster_name = "${attribute('cluster', 'name')}" AND metric.type = "kubernetes.io/pod/volume/utilization"`,
        comparison: 'COMPARISON_GT',
        threshold_value: 0.85,
        duration: '300s',
        aggregations: blocks([{ alignment_period: '300s', per_series_aligner: 'ALIGN_MAX' }]),
      }),
      ...databaseAlerts(needs),
      {
        key: 'cluster_backup',
        type: 'google_gke_backup_backup_plan',
        pulumi: 'gcp.gkebackup.BackupPlan',
        comment:
          'Objects, Secrets and disks of the cluster. A disk is copied as after a loss of power: the database’s own backups are the ones to restore it from.',
        arguments: {
          name: text`${variable('name')}-daily`,
          location: variable('region'),
          cluster: attribute('cluster', 'id'),
          backup_config: block({ all_namespaces: true, include_secrets: true, include_volume_data: true }),
          backup_schedule: block({ cron_schedule: text`30 ${variable('quiet_hour')} * * *` }),
          retention_policy: block({ backup_retain_days: 14, backup_delete_lock_days: 7 }),
        },
      },
    ],
  };
}
