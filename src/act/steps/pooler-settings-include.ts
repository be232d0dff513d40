import { settingsOf } from '../../domain/profile-parameters.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { addInclude, hasInclude, removeInclude } from '../../pooler/ini/edit.ts';
import { parseIni, printIni, type IniDocument } from '../../pooler/ini/parse.ts';
import { includedKey } from '../../pooler/names.ts';
import { settingsFile } from '../../pooler/settings-file.ts';
import { includedObject } from '../../pooler/settings-objects.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';

function pathOf({ target: { namespace = '', name } }: PlannedStep): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
}

/** The ConfigMap as it is now. Throws when it is gone. */
async function current(planned: PlannedStep, { reader }: ActContext): Promise<KubeObject> {
  const object = await reader.get(pathOf(planned));
  if (object === undefined) throw new Error(`ConfigMap ${planned.target.name} is gone`);
  return object;
}

function dataOf(object: KubeObject): Readonly<Record<string, string>> {
  return (object['data'] ?? {}) as Readonly<Record<string, string>>;
}

function iniOf({ parameters }: PlannedStep, object: KubeObject): IniDocument {
  return parseIni(dataOf(object)[parameters['key'] ?? ''] ?? '');
}

/** Puts the ini back with this change, bound to the version that it was read from. */
async function writeIni(
  planned: PlannedStep,
  { writer }: ActContext,
  object: KubeObject,
  change: (ini: IniDocument, file: string) => IniDocument,
): Promise<void> {
  const { key = '', file = '' } = planned.parameters;
  const before = iniOf(planned, object);
  const after = printIni(change(before, file));
  if (after === printIni(before)) return;
  const { namespace = '', name } = planned.target;
  const { resourceVersion: version = '' } = object.metadata;
  await writer.setConfigMapKey({ namespace, name, key, value: after, version });
}

function ours(planned: PlannedStep, object: KubeObject, isWanted: boolean) {
  const { namespace = '', name } = planned.target;
  const { parameters } = planned;
  const profile = isWanted
    ? { name: parameters['profile'] ?? '', settings: settingsOf(parameters) }
    : undefined;
  return {
    path: pathOf(planned),
    object: includedObject({ namespace, name, uid: object.metadata.uid }, profile),
  };
}

/**
 * Lets somebody's own pgbouncer.ini include our settings, which are a key of the same ConfigMap: PgBouncer never sees one
 * without the other, because a kubelet shows all keys of a new version at once. Our key comes first, the line after it.
 */
export const includePoolerSettings = defineStep({
  name: 'include-pooler-settings',
  proofMs: 10_000,
  precondition: async (planned, context) => {
    const owned = dataOf(await current(planned, context))[planned.parameters['key'] ?? ''];
    return owned === undefined ? `it has no key ${planned.parameters['key'] ?? ''}` : undefined;
  },
  run: async (planned, context) => {
    // Whoever else owns our key has a reason: no `force`.
    const applied = await context.writer.apply(ours(planned, await current(planned, context), true));
    await writeIni(planned, context, applied, addInclude);
    return `${planned.parameters['key'] ?? ''} includes ${planned.parameters['file'] ?? ''}`;
  },
  probe: async (planned, context) => {
    const object = await current(planned, context);
    const { file = '', profile = '' } = planned.parameters;
    const wanted = settingsFile({ name: profile, settings: settingsOf(planned.parameters) });
    const isThere = hasInclude(iniOf(planned, object), file) && dataOf(object)[includedKey] === wanted;
    return answer(context, isThere, isThere ? 'the API has both keys' : 'the API has other keys');
  },
});

/** Takes the line out again, and then our key; the rest of the ConfigMap stays as it is. */
export const excludePoolerSettings = defineStep({
  name: 'exclude-pooler-settings',
  proofMs: 10_000,
  precondition: async () => undefined,
  run: async (planned, context) => {
    await writeIni(planned, context, await current(planned, context), removeInclude);
    await context.writer.apply(ours(planned, await current(planned, context), false));
    return `${planned.parameters['key'] ?? ''} is as it was`;
  },
  probe: async (planned, context) => {
    const object = await current(planned, context);
    const { file = '' } = planned.parameters;
    const isLeft =
      dataOf(object)[includedKey] !== undefined ||
      iniOf(planned, object).some((item) => item.kind === 'include' && item.file === file);
    return answer(context, !isLeft, isLeft ? 'something of it is still there' : 'neither is there');
  },
});
