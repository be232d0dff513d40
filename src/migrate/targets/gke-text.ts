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
    // A new project has neither: without them the program cannot even switch on the others that it needs
    // (provider google, docs/resources/google_project_service).
    'gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com compute.googleapis.com --project PROJECT',
    'gcloud billing projects describe PROJECT --format="value(billingEnabled)"   # True',
    'gcloud compute zones list --filter="region:REGION" --format="value(name)"   # three of these',
    'gcloud compute regions describe REGION --flatten=quotas --format="table(quotas.metric,quotas.limit,quotas.usage)" | grep -E "CPUS|SSD_TOTAL_GB|IN_USE_ADDRESSES"',
  ],
  registryLogin: 'gcloud auth configure-docker "${registry%%/*}" --quiet',
  putSecret: 'gcloud secrets versions add "$stored" --data-file=-',
  getSecret: 'gcloud secrets versions access latest --secret "$stored"',
  setPassword: [
    'local api method=POST query=',
    'api=https://sqladmin.googleapis.com/v1/projects/$(gcloud config get-value project)/instances/$instance/users',
    'if gcloud sql users list --instance "$instance" --format="value(name)" | grep -qx "$user"; then',
    '  method=PUT query="?name=$user"',
    'fi',
    '# The token goes to curl by a file descriptor, the password by standard input: arguments can be read by others.',
    'printf \'{"name": "%s", "password": "%s"}\' "$user" "$password" |',
    '  curl --fail-with-body -sS -X "$method" -H @<(printf "Authorization: Bearer %s" "$(gcloud auth print-access-token)") --json @- "$api$query"',
  ],
  administrator: {
    user: 'postgres',
    says: 'nobody knows it until you set it',
    how: ['gcloud sql users set-password postgres --instance "$instance" --prompt-for-password'],
  },
  tooMuch: 'cloudsqlsuperuser',
  ttlVariable: 'dns_ttl',
  certificate: [
    'gcloud certificate-manager certificates describe "$NAME" --format="value(managed.state)"   # ACTIVE',
  ],
  copyFiles: (folder) => `gcloud storage rsync --recursive ${folder} "gs://$UPLOADS"`,
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
    'The overlay is built by `kubectl kustomize` and applied to a real API server (Kubernetes 1.34, dry run, strict validation). Objects of the Zalando operator (1.14.0), of the Gateway API (1.4.0) and of External Secrets Operator (1.3.2) were checked against their own definitions; those of Google’s own kinds (networking.gke.io) against stand-ins written by hand.',
  ],
};
