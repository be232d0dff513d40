import type { Bench } from './bench.ts';
import type { Manifest } from './manifest.ts';
import type { Target } from './target.ts';

/** External Secrets Operator's API since 0.17 (external-secrets.io/latest/introduction/stability-support). */
const apiVersion = 'external-secrets.io/v1';

/** Name of a secret in the provider's store: of the namespace and the Secret; letters, digits and hyphens. */
export function storedName(namespace: string, name: string): string {
  return `${namespace}-${name}`.replaceAll(/[^a-zA-Z0-9-]+/g, '-');
}

/** What a Secret is made of on the target. */
export interface StoredSecret {
  readonly namespace: string;
  /** Name of the Secret that the pods read. */
  readonly name: string;
  /** Name of the ExternalSecret; that of the Secret without it. */
  readonly as?: string;
  /** Kubernetes' type of the Secret; Opaque without it. */
  readonly type?: string;
  /** Keys that are taken from the store; all of them without it. */
  readonly keys?: readonly string[];
  /** Texts of the Secret in which `{{ .key }}` stands for a key of the store; the keys themselves without it. */
  readonly template?: Readonly<Record<string, string>>;
  /** Values that come from other secrets of the store: a word for the template, and the secret with its key. */
  readonly from?: readonly { readonly word: string; readonly stored: string; readonly key: string }[];
}

/** The ExternalSecret that makes the Secret out of the store, so that no file has a value. */
export function externalSecret(bench: Bench, target: Target, secret: StoredSecret): Manifest {
  const { namespace, name, as = name, keys, template, from, type } = secret;
  const stored = storedName(namespace, name);
  const store = target.secretStore(bench, namespace);
  const data =
    from?.map(({ word, stored: key, key: property }) => ({
      secretKey: word,
      remoteRef: { key, property },
    })) ?? keys?.map((key) => ({ secretKey: key, remoteRef: { key: stored, property: key } }));
  return {
    apiVersion,
    kind: 'ExternalSecret',
    metadata: { name: as, namespace },
    spec: {
      refreshInterval: '1h0m0s',
      secretStoreRef: { kind: store.kind, name: store.metadata.name },
      target: {
        name,
        creationPolicy: 'Owner',
        ...((template !== undefined || type !== undefined) && {
          template: {
            engineVersion: 'v2',
            ...(type !== undefined && { type }),
            ...(template !== undefined && { data: template }),
          },
        }),
      },
      ...(data === undefined ? { dataFrom: [{ extract: { key: stored } }] } : { data }),
    },
  };
}
