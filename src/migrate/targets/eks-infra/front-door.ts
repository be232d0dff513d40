import { attribute, text, variable, type Subject, type Test, type Value } from '../../infra/model.ts';

const weight = (side: string): Value => ({
  kind: 'choice',
  test: { variable: 'serve_from', is: side },
  chosen: 100,
  otherwise: 0,
});

/** Where all weights are 0 Route 53 takes all records alike (docs.aws.amazon.com/Route53, weighted routing): none may be there. */
const nowhere: Test = { variable: 'serve_from', is: 'nowhere' };

const pulumiOption = (field: string) => `domainValidationOptions[0].${field}`;

/**
 * Two records of one name, of which one has all the weight: the cut-over moves it. The load balancer is made by the cluster, so
 * its name is a variable.
 */
export function frontDoor(): Subject {
  const option = 'domain_validation_options';
  return {
    name: 'front-door',
    about:
      'The certificate and the names. The load balancer itself is made by the cluster, from the Ingress of the overlay.',
    parts: [
      {
        key: 'zone',
        type: 'aws_route53_zone',
        pulumi: 'aws.route53.Zone',
        comment: 'To be delegated to by whoever owns the domain above it: output name_servers.',
        arguments: { name: variable('domain') },
        isKept: true,
      },
      {
        key: 'certificate',
        type: 'aws_acm_certificate',
        pulumi: 'aws.acm.Certificate',
        arguments: { domain_name: variable('domain'), validation_method: 'DNS' },
      },
      {
        key: 'certificate_record',
        type: 'aws_route53_record',
        pulumi: 'aws.route53.Record',
        arguments: {
          zone_id: attribute('zone', 'zone_id'),
          name: attribute(
            'certificate',
            `${option}.*.resource_record_name[0]`,
            pulumiOption('resourceRecordName'),
          ),
          type: 'CNAME',
          ttl: 300,
          records: [
            attribute(
              'certificate',
              `${option}.*.resource_record_value[0]`,
              pulumiOption('resourceRecordValue'),
            ),
          ],
        },
      },
      {
        key: 'load_balancers',
        data: 'aws_lb_hosted_zone_id',
        pulumi: 'aws.lb.getHostedZoneIdOutput',
        arguments: { region: variable('region') },
      },
      {
        key: 'new_front_door',
        type: 'aws_route53_record',
        pulumi: 'aws.route53.Record',
        arguments: {
          zone_id: attribute('zone', 'zone_id'),
          name: variable('domain'),
          type: 'A',
          set_identifier: 'new',
          weighted_routing_policy: {
            kind: 'blocks',
            list: [{ weight: weight('new') }],
            plural: 'weightedRoutingPolicies',
          },
          alias: {
            kind: 'blocks',
            list: [
              {
                name: variable('front_door_name'),
                zone_id: attribute('load_balancers', 'id'),
                evaluate_target_health: false,
              },
            ],
            plural: 'aliases',
          },
        },
        onlyUnless: [nowhere, { variable: 'front_door_name', is: '' }],
      },
      {
        key: 'old_front_door',
        type: 'aws_route53_record',
        pulumi: 'aws.route53.Record',
        arguments: {
          zone_id: attribute('zone', 'zone_id'),
          name: variable('domain'),
          type: 'A',
          ttl: 60,
          records: [variable('old_address')],
          set_identifier: 'old',
          weighted_routing_policy: {
            kind: 'blocks',
            list: [{ weight: weight('old') }],
            plural: 'weightedRoutingPolicies',
          },
        },
        onlyUnless: [nowhere, { variable: 'old_address', is: '' }],
      },
      {
        key: 'people',
        type: 'aws_sns_topic',
        pulumi: 'aws.sns.Topic',
        arguments: { name: text`${variable('name')}-alerts` },
      },
      {
        key: 'people_email',
        type: 'aws_sns_topic_subscription',
        pulumi: 'aws.sns.TopicSubscription',
        comment: 'It has to be confirmed in the mail that AWS sends.',
        arguments: {
          topic_arn: attribute('people', 'arn'),
          protocol: 'email',
          endpoint: variable('alert_email'),
        },
        renamed: { topic_arn: 'topic' },
      },
    ],
  };
}
