import type { Bench, Entry, Fill } from './bench.ts';
import { applyEdit, containerTest, patchOperations, type PatchOperation } from './edit.ts';
import { groupOf, hasNamespace, valueAt, type FieldPath, type Manifest } from './manifest.ts';
import { settingText, type SettingName } from './settings.ts';
import { yaml } from './yaml-text.ts';

/** Text of each file, by its path from the folder that it belongs to. */
export type Files = Readonly<Record<string, string>>;

/** Lines as comments. */
export function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')
    .concat('\n');
}

function plainName(parts: readonly (string | undefined)[]): string {
  const words = parts.filter((part) => part !== undefined).join('-');
  return `${words.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-')}.yaml`;
}

/** `deployment-django.yaml`: lower case, nothing that a file system minds; with the namespace where two objects would share it. */
export function fileNames(manifests: readonly Manifest[]): ReadonlyMap<Manifest, string> {
  const short = manifests.map(({ kind, metadata }) => plainName([kind, metadata.name]));
  return new Map(
    manifests.map((manifest, index) => {
      const { kind, metadata } = manifest;
      const name = short[index] ?? '';
      const isShared = short.filter((other) => other === name).length > 1;
      return [
        manifest,
        isShared ? plainName([metadata.namespace, groupOf(manifest), kind, metadata.name]) : name,
      ];
    }),
  );
}

/** Secrets are never written, nor what only led to them; everything else of the base is. */
function isWritten({ base, dropped }: Entry): boolean {
  if (base === undefined) return false;
  const isSecret = base.kind === 'Secret' || base.kind === 'SealedSecret';
  return !isSecret && !(base.kind === 'ExternalSecret' && dropped !== undefined);
}

/** The stack as it was read, one file an object. */
export function baseFiles(bench: Bench): Files {
  const manifests = bench.entries.filter(isWritten).flatMap(({ base }) => (base === undefined ? [] : [base]));
  const names = fileNames(manifests);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...names.values()].sort(),
  };
  return {
    ...Object.fromEntries(manifests.map((manifest) => [names.get(manifest) ?? '', yaml(manifest)])),
    'kustomization.yaml': `${comment('The stack as it was exported, without its Secrets.')}${yaml(kustomization)}`,
  };
}

/** Names in targets are patterns (Kustomize anchors them): a dot would stand for anything. */
const pattern = (name: string) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const target = (manifest: Manifest) => {
  const { apiVersion, kind, metadata } = manifest;
  const group = groupOf(manifest);
  const namespace = hasNamespace(kind) ? metadata.namespace : undefined;
  return {
    ...(group !== '' && { group }),
    version: apiVersion.slice(apiVersion.indexOf('/') + 1),
    kind,
    name: pattern(metadata.name),
    ...(namespace !== undefined && { namespace }),
  };
};

/** One patch, with the reason above each operation. */
function patchText({ base, edits }: Entry): string {
  if (base === undefined) return '';
  let before = base;
  const tested = new Set<string>();
  const parts = edits.map((edit) => {
    const name = containerTest(before, edit.path);
    const operations: PatchOperation[] = [];
    if (name !== undefined && !tested.has(name.path)) operations.push(name);
    if (name !== undefined) tested.add(name.path);
    operations.push(...patchOperations(before, edit));
    before = applyEdit(before, edit);
    return `${comment(edit.why)}${yaml(operations)}`;
  });
  return parts.join('');
}

function deletion({ apiVersion, kind, metadata: { name, namespace } }: Manifest): string {
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return yaml({ $patch: 'delete', apiVersion, kind, metadata });
}

/** A path as replacements write it: names of containers and variables instead of their places. */
function fieldPath(manifest: Manifest, path: FieldPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'string') return step.replaceAll('.', '\\.');
      const name = valueAt(manifest, [...path.slice(0, index + 1), 'name']);
      return typeof name === 'string' && /^[\w-]+$/.test(name) ? `[name=${name}]` : `${step}`;
    })
    .join('.');
}

const source = 'migrate-settings';

function replacement(setting: SettingName, fills: readonly Fill[], bench: Bench): object {
  return {
    source: { kind: 'ConfigMap', name: source, fieldPath: `data.${setting}` },
    targets: fills.map(({ object, path, part }) => ({
      select: target(object),
      fieldPaths: [fieldPath(bench.now(object), path)],
      ...(part !== undefined && { options: part }),
    })),
  };
}

/** The settings that the overlay needs, in the order of their list. */
export function neededSettings(bench: Bench): readonly SettingName[] {
  return [
    ...new Set(bench.fills.filter(({ object }) => isThere(bench, object)).map(({ setting }) => setting)),
  ].sort();
}

function isThere(bench: Bench, object: Manifest): boolean {
  return bench.find(object.kind, object.metadata.name, object.metadata.namespace) !== undefined;
}

function settingsExample(names: readonly SettingName[]): string {
  const head = comment(
    'The infrastructure program writes this file, with its values, as settings.env:\n' +
      '  tofu output -raw settings_env > .../settings.env    or    pulumi stack output settingsEnv > .../settings.env\n' +
      'The overlay does not build without it. None of the values is a secret.',
  );
  return `${head}${names.map((name) => `\n${comment(settingText(name))}${name}=\n`).join('')}`;
}

/** The overlay of a target over `../../base`: patches, new objects, and the values that come from the infrastructure. */
export function overlayFiles(bench: Bench, title: string): Files {
  const { entries, files } = bench;
  const written = entries.filter(isWritten);
  const gone = written.filter(({ dropped }) => dropped !== undefined);
  const edited = written.filter(({ dropped, edits }) => dropped === undefined && edits.length > 0);
  const added = entries.filter(({ base, dropped }) => base === undefined && dropped === undefined);
  const names = fileNames(entries.map(({ current }) => current));
  const nameOf = ({ current }: Entry) => names.get(current) ?? '';
  const settings = neededSettings(bench);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../base', ...added.map((entry) => `resources/${nameOf(entry)}`).sort()],
    ...generators(settings, files),
    patches: [
      ...gone.map((entry) => ({ path: `patches/without-${nameOf(entry)}` })),
      ...edited.map((entry) => ({ target: target(entry.current), path: `patches/${nameOf(entry)}` })),
    ],
    replacements: settings.map((setting) =>
      replacement(
        setting,
        bench.fills.filter((fill) => fill.setting === setting && isThere(bench, fill.object)),
        bench,
      ),
    ),
  };
  const head = comment(
    `The stack on ${title}: what is rewritten and why stands above each patch, and in changes.md.\nBuild it: kubectl kustomize .   Apply it: kubectl apply -k .`,
  );
  return {
    'kustomization.yaml': `${head}${yaml(kustomization)}`,
    'settings.env.example': settingsExample(settings),
    ...Object.fromEntries([
      ...gone.map((entry) => [
        `patches/without-${nameOf(entry)}`,
        `${comment(entry.dropped ?? '')}${deletion(entry.current)}`,
      ]),
      ...edited.map((entry) => [`patches/${nameOf(entry)}`, patchText(entry)]),
      ...added.map((entry) => [
        `resources/${nameOf(entry)}`,
        `${comment(entry.added ?? '')}${yaml(entry.current)}`,
      ]),
    ]),
  };
}

function generators(settings: readonly SettingName[], files: Bench['files']): object {
  const plain = { disableNameSuffixHash: true };
  // local-config: the replacements read it, and it is not applied (kubectl.docs.kubernetes.io/references/kustomize).
  const local = { ...plain, annotations: { 'config.kubernetes.io/local-config': 'true' } };
  const all = [
    ...(settings.length > 0 ? [{ name: source, envs: ['settings.env'], options: local }] : []),
    ...files.map(({ configMap: name, namespace, key, file }) => ({
      name,
      namespace,
      files: [`${key}=${file}`],
      options: plain,
    })),
  ];
  return all.length === 0 ? {} : { configMapGenerator: all };
}
