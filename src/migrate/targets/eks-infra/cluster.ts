import { attribute, block, each, text, variable, type Resource, type Subject } from '../../infra/model.ts';
import type { Needs } from '../../needs.ts';
import { assumedBy } from './json-policy.ts';
import { privateSubnets } from './network.ts';

/** Managed policies that Auto Mode asks for (docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html). */
const clusterPolicies = [
  'AmazonEKSBlockStoragePolicy',
  'AmazonEKSClusterPolicy',
  'AmazonEKSComputePolicy',
  'AmazonEKSLoadBalancingPolicy',
  'AmazonEKSNetworkingPolicy',
];
const nodePolicies = ['AmazonEC2ContainerRegistryPullOnly', 'AmazonEKSWorkerNodeMinimalPolicy'];

const role = (key: string, trust: Resource['arguments'][string], comment?: string): Resource => ({
  key,
  type: 'aws_iam_role',
  pulumi: 'aws.iam.Role',
  ...(comment !== undefined && { comment }),
  arguments: { name: text`${variable('name')}-${key.replaceAll('_', '-')}`, assume_role_policy: trust },
});

const policies = (key: string, of: string, names: readonly string[]): Resource => ({
  key,
  type: 'aws_iam_role_policy_attachment',
  pulumi: 'aws.iam.RolePolicyAttachment',
  arguments: { role: attribute(of, 'name'), policy_arn: text`arn:aws:iam::aws:policy/${each}` },
  each: names,
});

/** A role that pods with this service account take by EKS Pod Identity. */
export function podRole(
  key: string,
  account: { readonly namespace: string; readonly serviceAccount: string },
): readonly Resource[] {
  const { namespace, serviceAccount } = account;
  return [
    role(
      key,
      assumedBy('pods.eks.amazonaws.com', 'sts:TagSession'),
      `What pods that run as ${namespace}/${serviceAccount} are in AWS: no key anywhere.`,
    ),
    {
      key: `${key}_identity`,
      type: 'aws_eks_pod_identity_association',
      pulumi: 'aws.eks.PodIdentityAssociation',
      arguments: {
        cluster_name: attribute('cluster', 'name'),
        namespace,
        service_account: serviceAccount,
        role_arn: attribute(key, 'arn'),
      },
    },
  ];
}

/** EKS in Auto Mode (docs.aws.amazon.com/eks/latest/userguide/automode.html; provider aws, docs/resources/eks_cluster). */
export function cluster(needs: Needs): Subject {
  const shares = needs.settings.includes('UPLOADS');
  const addon: readonly Resource[] = [
    ...podRole('file_driver', { namespace: 'kube-system', serviceAccount: 'efs-csi-controller-sa' }),
    policies('file_driver_policy', 'file_driver', ['service-role/AmazonEFSCSIDriverPolicy']),
    {
      key: 'file_addon',
      type: 'aws_eks_addon',
      pulumi: 'aws.eks.Addon',
      arguments: { cluster_name: attribute('cluster', 'name'), addon_name: 'aws-efs-csi-driver' },
      after: ['file_driver_identity', 'file_driver_policy'],
    },
  ];
  return {
    name: 'cluster',
    about:
      'The cluster. Auto Mode makes nodes in the zones where pods need them, and replaces them; nobody logs in to them.',
    parts: [
      role('cluster_role', assumedBy('eks.amazonaws.com', 'sts:TagSession')),
      policies('cluster_policy', 'cluster_role', clusterPolicies),
      role('node_role', assumedBy('ec2.amazonaws.com')),
      policies('node_policy', 'node_role', nodePolicies),
      {
        key: 'cluster',
        type: 'aws_eks_cluster',
        pulumi: 'aws.eks.Cluster',
        comment: 'Whoever makes it is its first administrator; others get an access entry.',
        arguments: {
          name: variable('name'),
          role_arn: attribute('cluster_role', 'arn'),
          bootstrap_self_managed_addons: false,
          deletion_protection: true,
          enabled_cluster_log_types: ['api', 'audit', 'authenticator'],
          access_config: block({
            authentication_mode: 'API',
            bootstrap_cluster_creator_admin_permissions: true,
          }),
          compute_config: block({
            enabled: true,
            node_pools: ['general-purpose', 'system'],
            node_role_arn: attribute('node_role', 'arn'),
          }),
          kubernetes_network_config: block({ elastic_load_balancing: block({ enabled: true }) }),
          storage_config: block({ block_storage: block({ enabled: true }) }),
          upgrade_policy: block({ support_type: 'STANDARD' }),
          vpc_config: block({
            subnet_ids: privateSubnets,
            endpoint_private_access: true,
            endpoint_public_access: true,
            public_access_cidrs: variable('admin_ranges'),
          }),
        },
        after: ['cluster_policy', 'node_policy'],
        isKept: true,
      },
      ...(shares ? addon : []),
    ],
  };
}
