import type { TargetText } from '../text/target-text.ts';

/** The words and commands of AWS. */
export const eksText: TargetText = {
  tools: ['aws (the CLI, version 2)'],
  state: {
    commands: [
      // It names the region to S3 where it must, and not in us-east-1, where s3api create-bucket refuses that.
      'aws s3 mb s3://STATE_BUCKET --region REGION',
      'aws s3api put-bucket-versioning --bucket STATE_BUCKET --versioning-configuration Status=Enabled',
    ],
    init: 'tofu init -backend-config=bucket=STATE_BUCKET -backend-config=region=REGION -backend-config=use_lockfile=true',
    pulumi: 'pulumi login s3://STATE_BUCKET',
  },
  examples: { region: 'REGION', zones: '["ZONE", "ZONE", "ZONE"]', admin_ranges: '["ADDRESS/32"]' },
  before: [
    'aws sts get-caller-identity',
    'aws ec2 describe-availability-zones --region REGION --query "AvailabilityZones[].ZoneName"   # three of these',
    'aws service-quotas list-service-quotas --service-code vpc --region REGION --query "Quotas[?contains(QuotaName, \'NAT gateways\')].[QuotaName,Value]"',
  ],
  registryLogin:
    'aws ecr get-login-password | docker login --username AWS --password-stdin "${registry%%/*}"',
  putSecret: 'aws secretsmanager put-secret-value --secret-id "$stored" --secret-string file:///dev/stdin',
  getSecret: 'aws secretsmanager get-secret-value --secret-id "$stored" --query SecretString --output text',
  setPassword: [],
  administrator: {
    user: 'postgres',
    says: 'Secrets Manager has it, and this shows it on your terminal',
    how: [
      'aws secretsmanager get-secret-value --query SecretString --output text --secret-id "$(aws rds describe-db-instances --db-instance-identifier "$instance" --query "DBInstances[0].MasterUserSecret.SecretArn" --output text)"',
    ],
  },
  beforeSwitch:
    'The load balancer has a name of its own once the Ingress is applied (`kubectl get ingress`). It is the variable `front_door_name`; with it and `old_address` the two records of the front door are made, once `serve_from` is not "nowhere", and `serve_from` says which one counts.',
  certificate: [
    'aws acm list-certificates --query "CertificateSummaryList[?DomainName==\'$DOMAIN\'].Status" --output text   # ISSUED',
  ],
  address:
    'dig +short "$(kubectl --context "$NEW" -n "$NAMESPACE" get ingress -o jsonpath="{.items[0].status.loadBalancer.ingress[0].hostname}")" | head -1',
  billed: [
    'the control plane, and a part of each node for Auto Mode',
    'nodes, as the pods need them, and their disks',
    'three NAT gateways and their traffic, traffic between zones',
    'the load balancer and its traffic',
    'the bucket with all versions, the file system with its backups',
    'RDS in two zones, where it was chosen',
  ],
  checked: [
    'The Pulumi program is type-checked against @pulumi/aws 7.48.0 and run against Pulumi’s mocks.',
    'The Terraform files are parsed, formatted by `terraform fmt`, and compared with the schema of provider aws 6.25.0 (names, blocks and required arguments; not values). `terraform validate`, `plan` and `apply` were never run with the provider.',
    'The overlay is built by `kubectl kustomize` and applied to a real API server (Kubernetes 1.34, dry run, strict validation); IngressClassParams against a stand-in written by hand.',
    'Less was looked at than for GKE: read every file before you use it.',
  ],
};
