import type { TargetId } from '../../src/migrate/target.ts';

type Values = Readonly<Record<string, unknown>>;

/** What a person might choose for each target: values that are right in form, and for some of them values that are not. */
export interface Choices {
  readonly good: Values;
  readonly wrong: Values;
}

const common: Values = {
  domain: 'shop.example.com',
  alert_email: 'night@example.com',
  quiet_hour: '03',
};

const commonWrong: Values = {
  domain: 'https://shop.example.com/',
  quiet_hour: '3',
  serve_from: 'both',
  old_address: 'localhost',
  name: 'A Shop',
};

export const choices: Partial<Readonly<Record<TargetId, Choices>>> = {
  gke: {
    good: {
      ...common,
      project_id: 'my-project-1',
      region: 'europe-west1',
      zones: ['europe-west1-b', 'europe-west1-c', 'europe-west1-d'],
      machine_type: 'e2-standard-4',
      most_nodes_per_zone: 3,
      database_tier: 'db-custom-2-7680',
      database_machine_type: 'e2-highmem-2',
    },
    wrong: {
      ...commonWrong,
      zones: ['europe-west1-b', 'europe-west1-b', 'europe-west1-d'],
      machine_type: 'c4-standard-4',
      database_tier: 'db-f1-micro',
    },
  },
  eks: {
    good: {
      ...common,
      region: 'eu-central-1',
      zones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
      admin_ranges: ['203.0.113.0/24'],
      database_class: 'db.m7g.large',
    },
    wrong: { ...commonWrong, zones: ['eu-central-1a', 'eu-central-1b'], database_class: 'large' },
  },
  aks: {
    good: {
      ...common,
      subscription_id: '00000000-1111-2222-3333-444444444444',
      region: 'westeurope',
      unique_name: 'jewelryshop1',
      admin_group_id: '55555555-6666-7777-8888-999999999999',
      admin_ranges: ['203.0.113.0/24'],
      machine_type: 'Standard_D4s_v5',
      most_nodes: 6,
      database_machine_type: 'Standard_E4s_v5',
    },
    wrong: { ...commonWrong, unique_name: 'Jewelry-Shop', machine_type: 'D4', subscription_id: 'mine' },
  },
};
