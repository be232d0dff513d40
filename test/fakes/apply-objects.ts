import { eventually } from '../../lab/source/eventually.ts';
import { NotFound } from '../../src/adapters/kubernetes/errors.ts';
import type { Manifest } from '../../src/migrate/manifest.ts';
import type { Definition } from './custom-definitions.ts';
import type { RealApiServer } from './real-api-server.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Makes the definitions known to the API server and waits until it serves them. */
export async function define(api: RealApiServer, list: readonly Definition[]): Promise<void> {
  for (const definition of list) {
    const { name } = definition['metadata'] as { readonly name: string };
    // Some are larger than what an annotation of kubectl may hold; a POST has no such limit.
    await api.request('POST', definitions, definition);
    await eventually(
      30_000,
      `definition ${name}`,
      async () => {
        const { status } = await api.request('GET', `${definitions}/${name}`);
        const { conditions } = (status ?? {}) as {
          readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null;
        };
        // A definition that was just made has a list of its own that is null.
        return (conditions ?? []).some(
          ({ type, status: state }) => type === 'Established' && state === 'True',
        );
      },
      100,
    );
  }
}

/** Where the API server has objects of each kind. */
async function places(
  api: RealApiServer,
  apiVersion: string,
): Promise<ReadonlyMap<string, { readonly name: string; readonly namespaced: boolean }>> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = await api.request('GET', root);
  } catch (error) {
    if (error instanceof NotFound) return new Map();
    throw error;
  }
  const { resources } = answer as unknown as {
    readonly resources: readonly {
      readonly name: string;
      readonly kind: string;
      readonly namespaced: boolean;
    }[];
  };
  return new Map(resources.filter(({ name }) => !name.includes('/')).map((one) => [one.kind, one]));
}

/**
 * Applies objects on the server without keeping them (dry run), with strict validation: an unknown or doubled field, a wrong type
 * and whatever the object's own rules forbid is an error. Returns what was refused, one line each.
 */
export async function refused(api: RealApiServer, objects: readonly Manifest[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    const place = (await places(api, apiVersion)).get(kind);
    if (place === undefined) {
      problems.push(`${kind} ${metadata.name}: the server does not know ${apiVersion}`);
      continue;
    }
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const space = place.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    const query = 'dryRun=All&fieldValidation=Strict&fieldManager=migrate';
    const list = `${root}${space}/${place.name}`;
    try {
      // A namespace is there already; an apply is read as YAML, in which not every text of JSON is itself.
      if (kind === 'Namespace')
        await api.request('APPLY', `${list}/${metadata.name}?${query}&force=true`, object);
      else await api.request('POST', `${list}?${query}`, object);
    } catch (error) {
      problems.push(`${kind} ${metadata.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}
