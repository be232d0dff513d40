import { databaseAdvice, sizeAdvice } from '../../infra/advice.ts';
import type { Variable } from '../../infra/model.ts';
import { commonVariables } from '../../infra/common-variables.ts';
import type { Needs } from '../../needs.ts';

const location = String.raw`^[a-z]+(-[a-z]+)+[0-9]+$`;

/** Machine families with Persistent Disk, zonal and regional: docs.cloud.google.com/compute/docs/disks/persistent-disks. */
const machine = {
  matches: '^(e2|n2|n2d)-(standard|highmem|highcpu|custom)-[0-9a-z-]+$',
  says: 'A machine type of the families e2, n2 or n2d: c4, n4 and newer ones have no Persistent Disk, which the storage classes use.',
} as const;

/** What a person chooses for GKE. */
export function gkeVariables(needs: Needs): readonly Variable[] {
  const own: readonly Variable[] = [
    {
      name: 'project_id',
      type: 'string',
      description: 'Id of the Google Cloud project that pays for everything. It exists and has billing on.',
      pulumiKey: 'gcp:project',
      check: {
        matches: '^[a-z][a-z0-9-]{4,28}[a-z0-9]$',
        says: 'The id of a project, not its name or number.',
      },
    },
    {
      name: 'region',
      type: 'string',
      description:
        'Region of the cluster, the database and the buckets: near the customers, and where their data may be kept.',
      pulumiKey: 'gcp:region',
      check: { matches: location, says: 'A region, such as europe-west1 (gcloud compute regions list).' },
    },
    {
      name: 'zones',
      type: 'list(string)',
      description:
        'Three zones of the region: gcloud compute zones list --filter="region:REGION". Not every region calls them a, b and c.',
      check: {
        count: 3,
        eachMatches: '^[a-z]+(-[a-z]+)+[0-9]+-[a-z]$',
        says: 'Three different zones, such as europe-west1-b.',
      },
    },
    ...commonVariables(needs),
    {
      name: 'machine_type',
      type: 'string',
      description: `Machine type of the general nodes, of which there is at least one in each zone. ${sizeAdvice(needs)}`,
      check: machine,
    },
    {
      name: 'most_nodes_per_zone',
      type: 'number',
      description:
        'The most general nodes in one zone: the autoscaler adds nodes up to it, and this limits the bill.',
    },
  ];
  const ofDatabase: Variable =
    needs.database === 'managed'
      ? {
          name: 'database_tier',
          type: 'string',
          description: `Machine type of Cloud SQL, such as db-custom-2-7680 (2 CPUs, 7680 MiB). ${databaseAdvice(needs)}`,
          check: {
            matches: '^db-custom-[0-9]+-[0-9]+$',
            says: 'db-custom-CPUS-MEBIBYTES; shared-core types (db-f1-micro, db-g1-small) have no service level agreement.',
          },
        }
      : {
          name: 'database_machine_type',
          type: 'string',
          description: `Machine type of the database nodes, one in each zone. ${databaseAdvice(needs)}`,
          check: machine,
        };
  const networks: readonly Variable[] = [
    {
      name: 'node_range',
      type: 'string',
      default: '10.64.0.0/20',
      description:
        'Addresses of the nodes. Change the three ranges only if this network will be connected to one that uses them.',
    },
    { name: 'pod_range', type: 'string', default: '10.68.0.0/14', description: 'Addresses of the pods.' },
    {
      name: 'service_range',
      type: 'string',
      default: '10.72.0.0/20',
      description: 'Addresses of the Services.',
    },
  ];
  return [...own, ofDatabase, ...networks];
}
