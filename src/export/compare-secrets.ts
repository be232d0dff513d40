import { isFields, itemsOf, type Fields } from '../harden/fields/fields.ts';
import { at } from './collect/uses.ts';

const group = (object: Fields) => String(object['apiVersion']).split('/', 1)[0];

const keys = (value: unknown) => (isFields(value) ? Object.keys(value) : []);

/** Type and names of the values of a Secret in each of its forms. */
function read(object: Fields): { readonly type: unknown; readonly names: readonly string[] } | undefined {
  switch (`${group(object) ?? ''} ${String(object['kind'])}`) {
    case 'v1 Secret':
      return { type: object['type'], names: [...keys(object['data']), ...keys(object['stringData'])] };
    case 'bitnami.com SealedSecret':
      return {
        type: at(object, 'spec', 'template', 'type'),
        names: keys(at(object, 'spec', 'encryptedData')),
      };
    case 'external-secrets.io ExternalSecret':
      return {
        type: at(object, 'spec', 'target', 'template', 'type'),
        names: itemsOf(at(object, 'spec', 'data')).map(({ secretKey }) => String(secretKey)),
      };
    default:
      return undefined;
  }
}

/**
 * A Secret, sealed, encrypted, external or as it is, as what can be compared of all of these: its name, its type and the names of
 * its values. Undefined: the object is none.
 */
export function secretShape(object: Fields): Fields | undefined {
  const found = read(object);
  if (found === undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: at(object, 'metadata', 'name'), namespace: at(object, 'metadata', 'namespace') },
    type: found.type ?? 'Opaque',
    values: [...new Set(found.names)].sort(),
  };
}
