import { isFields, type Fields } from '../../harden/fields/fields.ts';
import type { ChosenSecret } from '../choose.ts';
import { keysOf, plainManifest } from './secret-manifest.ts';

/** Stands where nobody has named a store yet; a valid name, so that everything else can be checked. */
export const unnamedStore = 'fill-in-the-name-of-your-store';

/** What the External Secrets Operator would take for a template of its own stays as it is. */
const literally = (text: unknown) => String(text).replaceAll('{{', '{{ "{{" }}');

const literalMarks = (marks: unknown): Fields | undefined =>
  isFields(marks)
    ? Object.fromEntries(Object.entries(marks).map(([name, value]) => [name, literally(value)]))
    : undefined;

/** Type, labels and annotations that the Secret shall have; undefined: nothing but its values. */
function templateOf(manifest: Fields): Fields | undefined {
  const metadata = isFields(manifest['metadata']) ? manifest['metadata'] : {};
  const labels = literalMarks(metadata['labels']);
  const annotations = literalMarks(metadata['annotations']);
  const type = manifest['type'];
  const hasType = type !== undefined && type !== 'Opaque';
  const marks = { ...(labels && { labels }), ...(annotations && { annotations }) };
  const hasMarks = Object.keys(marks).length > 0;
  if (!hasType && !hasMarks) return undefined;
  return { ...(hasType && { type }), ...(hasMarks && { metadata: marks }) };
}

/**
 * An ExternalSecret (external-secrets.io, API v1) that asks a store for each value by the Secret's name and the value's key. A
 * Secret that the database's operator keeps as well is made once and then left to the operator: it changes labels, takes
 * owners away, and may rotate passwords.
 */
export function externalSecret(secret: ChosenSecret, store: string): Fields {
  const { name, namespace } = secret.object.metadata;
  const manifest = plainManifest(secret);
  const template = templateOf(manifest);
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace },
    spec: {
      refreshInterval: secret.isOfOperator ? '0' : '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: store },
      target: {
        name,
        creationPolicy: secret.isOfOperator ? 'Orphan' : 'Owner',
        ...(manifest['immutable'] === true && { immutable: true }),
        ...(template && { template }),
      },
      data: keysOf(secret).map((key) => ({
        secretKey: key,
        remoteRef: { key: `${namespace ?? ''}/${name}`, property: key },
      })),
    },
  };
}
