import { stringify } from 'yaml';

import { refText, type ObjectRef } from '../domain/object-ref.ts';
import { mergeFields } from './fields/merge-fields.ts';
import { measureText, type ShownMeasure } from './harden-text.ts';
import type { Change, Measure } from './measure.ts';
import { identityOf } from './plan-hardening.ts';

/** A file of the folder, by its name. */
export type OverlayFiles = Readonly<Record<string, string>>;

const yaml = (value: unknown) => stringify(value, { lineWidth: 0 });

const comment = (text: string) =>
  text
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('');

type PatchMeasure = Measure & { readonly change: Extract<Change, { readonly by: 'patch' }> };

const isPatch = (measure: Measure): measure is PatchMeasure => measure.change.by === 'patch';

const fileOf = ({ id }: Measure) => `${id.replaceAll('/', '-')}.yaml`;

/** One patch as a file, with the reason above it. */
function patchFile(measure: PatchMeasure): readonly [string, string] {
  const { id, change, object, what, why, cannot } = measure;
  const { namespace: _, ...withoutNamespace } = object;
  const notes = [`${id}: ${what}`, why, ...cannot.map((limit) => `But: ${limit}`)].join('\n');
  const patch = mergeFields(change.patch, identityOf(withoutNamespace));
  return [fileOf(measure), `${comment(notes)}${yaml(patch)}`];
}

/**
 * Which object is meant, by group, version, kind and name. Not by namespace: a component is built before the kustomization
 * that names it gives its own to the objects, and until then they have another one or none.
 */
function selectorOf({ kind, name }: ObjectRef): Readonly<Record<string, string>> {
  const [version = '', group] = String(identityOf({ kind, name })['apiVersion']).split('/').toReversed();
  return { ...(group !== undefined && { group }), version, kind, name };
}

/** The same for selectors whose names are patterns (kubectl.docs.kubernetes.io, patches): a dot would stand for any sign. */
function patternOf(object: ObjectRef): Readonly<Record<string, string>> {
  return { ...selectorOf(object), name: object.name.replaceAll('.', String.raw`\.`) };
}

/** A replacement that puts an object's name where it is already. */
function guardOf(object: ObjectRef): object {
  const fieldPath = 'metadata.name';
  return {
    source: { ...selectorOf(object), fieldPath },
    targets: [{ select: patternOf(object), fieldPaths: [fieldPath] }],
  };
}

const guardHead = `These change nothing. A patch whose target is not there is left out without a word, and one whose name two objects have
is put into both: with these the build fails then, and says which object it is.`;

/** Why the build fails where a patch would not do what it is for; nothing where there are no patches. */
function guards(patched: readonly PatchMeasure[]): string {
  const objects = new Map(patched.map(({ object }) => [refText(object), object]));
  if (objects.size === 0) return '';
  return `${comment(guardHead)}${yaml({ replacements: [...objects.values()].map(guardOf) })}`;
}

/** An object of another namespace does not belong into a kustomization, which may give all of its objects a namespace. */
function looseFile(measure: PatchMeasure): readonly [string, string] {
  const file = fileOf(measure);
  const head = comment(
    `${measure.id}: kubectl apply --server-side --field-manager=rekindle-harden -f ${file}`,
  );
  return [file, `${head}${yaml(mergeFields(identityOf(measure.object), measure.change.patch))}`];
}

const componentHead = `A Kustomize component: name this folder under \`components:\` of the kustomization that makes the stack.
Or write the overlay for your manifests: rekindle harden --output DIR --base PATH`;

const overlayHead = 'The stack with what `rekindle harden` proposes. Each patch says why in its file.';

/** Everything that was found, for people: `harden.md`. */
function reviewFile(shown: readonly ShownMeasure[]): string {
  const parts = shown.map((entry, index) => `\`\`\`\n${measureText(entry, index)}\n\`\`\`\n`);
  const open = shown.filter(({ measure }) => measure.change.by === 'engine');
  const commands = open.map(({ measure: { object, change } }) =>
    change.by === 'engine' ? `    docker update --restart ${change.policy} ${object.name}\n` : '',
  );
  const engine = commands.length === 0 ? '' : `\nOn the container engine:\n\n${commands.join('')}`;
  return `# What \`rekindle harden\` proposes\n\n${parts.join('\n')}${engine}`;
}

/**
 * The proposals as files: a Kustomize overlay over `base` (a path from the folder), or a component without one, with one
 * strategic merge patch a measure, and `harden.md` with the reasons. `namespace`: that of the stack. Pure.
 */
export function overlayFiles(
  shown: readonly ShownMeasure[],
  { namespace, base }: { readonly namespace: string; readonly base?: string | undefined },
): OverlayFiles {
  const open = shown.filter(({ state }) => state !== 'nothing');
  const patched = open.map(({ measure }) => measure).filter(isPatch);
  const ofStack = patched.filter(({ object }) => object.namespace === namespace);
  const loose = patched.filter(({ object }) => object.namespace !== namespace);
  const kustomization = {
    apiVersion: `kustomize.config.k8s.io/${base === undefined ? 'v1alpha1' : 'v1beta1'}`,
    kind: base === undefined ? 'Component' : 'Kustomization',
    ...(base !== undefined && { resources: [base] }),
    patches: ofStack.map((measure) => ({ path: fileOf(measure), target: patternOf(measure.object) })),
  };
  const head = comment(base === undefined ? componentHead : overlayHead);
  return {
    'kustomization.yaml': `${head}${yaml(kustomization)}${guards(ofStack)}`,
    'harden.md': reviewFile(open),
    ...Object.fromEntries([...ofStack.map(patchFile), ...loose.map(looseFile)]),
  };
}
