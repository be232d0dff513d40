import { databaseAdvice } from '../../infra/advice.ts';
import { commonVariables } from '../../infra/common-variables.ts';
import type { Variable } from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';

/** What a person chooses for EKS. Nodes are not among it: Auto Mode takes what the pods ask for. */
export function eksVariables(needs: Needs): readonly Variable[] {
  const common = commonVariables(needs).filter(({ name }) => name !== 'dns_ttl');
  return [
    {
      name: 'region',
      type: 'string',
      description:
        'Region of the cluster, the database and the buckets: near the customers, and where their data may be kept.',
      pulumiKey: 'aws:region',
      check: { matches: '^[a-z]{2}(-[a-z]+)+-[0-9]$', says: 'A region, such as eu-central-1.' },
    },
    {
      name: 'zones',
      type: 'list(string)',
      description:
        'Three availability zones of the region: aws ec2 describe-availability-zones --region REGION.',
      check: {
        count: 3,
        eachMatches: '^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$',
        says: 'Three different zones, such as eu-central-1a.',
      },
    },
    ...common,
    {
      name: 'front_door_name',
      type: 'string',
      default: '',
      description:
        'DNS name of the load balancer that the cluster has made (kubectl get ingress); needed before serve_from is anything but "nowhere".',
    },
    {
      name: 'admin_ranges',
      type: 'list(string)',
      description:
        'Addresses (CIDR) from which kubectl may reach the cluster: of your office or VPN. A login is needed as well.',
    },
    ...(needs.database === 'managed'
      ? [
          {
            name: 'database_class',
            type: 'string',
            description: `Instance class of RDS, such as db.m7g.large. ${databaseAdvice(needs)}`,
            check: {
              matches: String.raw`^db\.[a-z0-9]+\.[a-z0-9]+$`,
              says: 'An instance class, such as db.m7g.large.',
            },
          } as const,
        ]
      : []),
  ];
}
