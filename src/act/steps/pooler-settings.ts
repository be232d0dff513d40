import { settingsOf } from '../../domain/profile-parameters.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { managedLabels, settingsKey } from '../../pooler/names.ts';
import { settingsObjects, settingsPaths } from '../../pooler/settings-objects.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';

function isOurs({ metadata }: KubeObject): boolean {
  return Object.entries(managedLabels).every(([key, value]) => metadata.labels?.[key] === value);
}

/** Why an object of one of these names must be left alone; undefined where none is somebody else's. */
async function foreign(
  { target: { namespace = '' } }: PlannedStep,
  { reader }: ActContext,
): Promise<string | undefined> {
  for (const path of settingsPaths(namespace)) {
    const object = await reader.get(path);
    if (object !== undefined && !isOurs(object)) return `${path} is there, and not made by rekindle`;
  }
  return undefined;
}

function settingsText(object: unknown): string | undefined {
  return (object as { readonly data?: Readonly<Record<string, string>> } | undefined)?.data?.[settingsKey];
}

function objectsOf({ target: { namespace = '' }, parameters }: PlannedStep) {
  const profile = { name: parameters['profile'] ?? '', settings: settingsOf(parameters) };
  return settingsObjects(namespace, parameters['serviceAccount'] ?? '', profile);
}

/** Writes the settings where the pooler's image looks for them, and lets its service account read them. */
export const writePoolerSettings = defineStep({
  name: 'write-pooler-settings',
  proofMs: 10_000,
  precondition: foreign,
  run: async (planned, { writer }) => {
    for (const { path, object } of objectsOf(planned)) await writer.apply({ path, object, force: true });
    return 'wrote ConfigMap, Role and RoleBinding';
  },
  probe: async (planned, context) => {
    const [wanted] = objectsOf(planned);
    const found = wanted && (await context.reader.get(wanted.path));
    const same = settingsText(found) !== undefined && settingsText(found) === settingsText(wanted?.object);
    return answer(context, same, same ? 'the API has them' : 'the API has other settings, or none');
  },
});

/** Removes what `write-pooler-settings` wrote; what somebody else made under these names stays. */
export const dropPoolerSettings = defineStep({
  name: 'drop-pooler-settings',
  proofMs: 10_000,
  precondition: foreign,
  run: async ({ target: { namespace = '' } }, { reader, writer }) => {
    for (const path of settingsPaths(namespace)) {
      const object = await reader.get(path);
      if (object !== undefined) await writer.deleteObject({ path, uid: object.metadata.uid });
    }
    return 'removed ConfigMap, Role and RoleBinding';
  },
  probe: async ({ target: { namespace = '' } }, context) => {
    const found = await Promise.all(settingsPaths(namespace).map((path) => context.reader.get(path)));
    const left = found.filter((object) => object !== undefined).length;
    return answer(context, left === 0, left === 0 ? 'all three are gone' : `${left} of the three are there`);
  },
});
