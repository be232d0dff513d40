import type { TargetText } from '../text/target-text.ts';

/** The words and commands of Google Cloud. */
export const gkeText: TargetText = {
  tools: ['gcloud with gke-gcloud-auth-plugin'],
  state: {
    commands: [
      'gcloud storage buckets create gs://STATE_BUCKET --project PROJECT --location REGION --uniform-bucket-level-access --public-access-prevention',
      'gcloud storage buckets update gs://STATE_BUCKET --versioning',
    ],
    init: 'tofu init -backend-config=bucket=STATE_BUCKET',
    pulumi: 'pulumi login gs://STATE_BUCKET',
  },
  examples: {
    project_id: 'PROJECT',
    region: 'REGION',
    zones: '["ZONE", "ZONE", "ZONE"]',
  },
  before: [
    'gcloud billing projects describe PROJECT --format="value(billingEnabled)"   # True',
    'gcloud compute zones list --filter="region:REGION" --format="value(name)"   # three of these',
    'gcloud compute regions describe REGION --flatten=quotas --format="table(quotas.metric,quotas.limit,quotas.usage)" | grep -E "CPUS|SSD_TOTAL_GB|IN_USE_ADDRESSES"',
  ],
  registryLogin: 'gcloud auth configure-docker "${registry%%/*}" --quiet',
  putSecret: 'gcloud secrets versions add "$stored" --data-file=-',
  getSecret: 'gcloud secrets versions access latest --secret "$stored"',
  setPassword: [
    'project=$(gcloud config get-value project)',
    'api=https://sqladmin.googleapis.com/v1/projects/$project/instances/$instance/users',
    '# The token goes to curl by a file descriptor, the password by standard input: arguments can be read by others.',
    'printf \'{"name": "%s", "password": "%s"}\' "$user" "$password" |',
    '  curl --fail-with-body -sS -H @<(printf "Authorization: Bearer %s" "$(gcloud auth print-access-token)") --json @- "$api"',
  ],
  administrator: {
    user: 'postgres',
    how: ['gcloud sql users set-password postgres --instance "$instance" --prompt-for-password'],
  },
  tooMuch: 'cloudsqlsuperuser',
  certificate: [
    'gcloud certificate-manager certificates describe "$NAME" --format="value(managed.state)"   # ACTIVE',
  ],
  copyFiles: () => ['gcloud storage rsync --recursive files "gs://$UPLOADS"'],
  address: 'gcloud compute addresses describe "$NAME-front-door" --global --format="value(address)"',
  billed: [
    'the control plane of a regional cluster',
    'nodes in three zones, and their disks',
    'disks of the pods; a regional disk costs twice a zonal one',
    'the load balancer, its address and its traffic; NAT and its traffic',
    'traffic between zones',
    'buckets with all versions and what was deleted within 30 days; Backup for GKE',
    'Cloud SQL in two zones, where it was chosen',
  ],
  checked: [
    'The Pulumi program is type-checked against @pulumi/gcp 9.37.0 and run against Pulumi’s mocks, with assertions about zones, private nodes, identities, buckets, deletion protection and the database.',
    'The Terraform files are parsed, formatted by `terraform fmt`, and compared with the schema of provider google 6.50.0 (names, blocks and required arguments; not values). `terraform validate`, `plan` and `apply` were never run with the provider.',
    'The overlay is built by `kubectl kustomize` and applied to a real API server (Kubernetes 1.34, dry run, strict validation). Objects of Google’s own kinds, of the Gateway API and of External Secrets Operator were checked against stand-ins written by hand.',
  ],
};
