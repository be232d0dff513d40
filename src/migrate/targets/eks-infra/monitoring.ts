import {
  attribute,
  map,
  text,
  variable,
  type Arguments,
  type Resource,
  type Subject,
} from '../../infra/model.ts';

function alarm(key: string, name: string, more: Arguments): Resource {
  return {
    key,
    type: 'aws_cloudwatch_metric_alarm',
    pulumi: 'aws.cloudwatch.MetricAlarm',
    arguments: {
      alarm_name: text`${variable('name')}: ${name}`,
      namespace: 'AWS/RDS',
      dimensions: map({ DBInstanceIdentifier: attribute('database', 'identifier') }),
      alarm_actions: [attribute('people', 'arn')],
      ...more,
    },
    renamed: { alarm_name: 'name' },
  };
}

/** Alarms of the database. Nothing asks the front door from outside: that metric exists in another region only. */
export function monitoring(): Subject {
  return {
    name: 'monitoring',
    about: 'Alarms of the database. Nothing here asks the front door from outside: see README.md.',
    parts: [
      alarm('database_full', 'the disk of the database is getting full', {
        metric_name: 'FreeStorageSpace',
        statistic: 'Minimum',
        comparison_operator: 'LessThanThreshold',
        threshold: 5 * 1024 ** 3,
        period: 300,
        evaluation_periods: 2,
      }),
      alarm('database_silent', 'the database tells nothing', {
        metric_name: 'DatabaseConnections',
        statistic: 'SampleCount',
        comparison_operator: 'LessThanThreshold',
        threshold: 1,
        period: 60,
        evaluation_periods: 5,
        treat_missing_data: 'breaching',
      }),
    ],
  };
}
