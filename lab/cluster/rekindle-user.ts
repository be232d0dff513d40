import path from 'node:path';

import { parse, stringify } from 'yaml';

import { newKey } from './new-key.ts';

/** Applies kubectl arguments as the cluster's administrator. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Kubeconfig {
  readonly contexts: { name: string; context: { cluster: string; user: string } }[];
  readonly users: { name: string; user: Record<string, string> }[];
  readonly 'current-context': string;
}

const request = 'rekindle-lab';

function signingRequest(csr: string): string {
  return stringify({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: request },
    spec: {
      request: base64(csr),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    },
  });
}

/** A client certificate with CN=rekindle, signed by the cluster: its requests stand apart in the audit log. */
export async function rekindleCredentials(
  kubectl: Kubectl,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const { key, made: csr } = await newKey(['-subj', '/CN=rekindle']);
  await kubectl(['delete', 'csr', request, '--ignore-not-found']);
  await kubectl(['create', '-f', '-'], signingRequest(csr));
  await kubectl(['certificate', 'approve', request]);
  const issued = '--for=jsonpath={.status.certificate}';
  await kubectl(['wait', 'csr', request, issued, '--timeout=60s']);
  const certificate = await kubectl(['get', 'csr', request, '-o', 'jsonpath={.status.certificate}']);
  await kubectl(['delete', 'csr', request]);
  return { certificate: Buffer.from(certificate, 'base64').toString(), key };
}

/** The administrator's kubeconfig with a context `rekindle` beside the first one, which stays the current one. */
export function addRekindleContext(
  kubeconfig: string,
  credentials: { readonly certificate: string; readonly key: string },
): string {
  const config = parse(kubeconfig) as Kubeconfig;
  const cluster = config.contexts[0]?.context.cluster;
  if (cluster === undefined) throw new Error('the kubeconfig from k3d has no context');
  const user = {
    'client-certificate-data': base64(credentials.certificate),
    'client-key-data': base64(credentials.key),
  };
  return stringify({
    ...config,
    contexts: [...config.contexts, { name: 'rekindle', context: { cluster, user: 'rekindle' } }],
    users: [...config.users, { name: 'rekindle', user }],
  });
}

/** What the user `rekindle` may do besides in the namespace of the example: deploy/rbac/rekindle-pooler-profile.yaml. */
export function poolerProfileRbac(checkout: string): string {
  return path.join(checkout, 'deploy', 'rbac', 'rekindle-pooler-profile.yaml');
}

/** What the user `rekindle` may do: deploy/rbac/rekindle.yaml of the checkout. */
export function rekindleRbac(checkout: string): string {
  return path.join(checkout, 'deploy', 'rbac', 'rekindle.yaml');
}
