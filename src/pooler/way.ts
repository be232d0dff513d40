import type { ObjectRef } from '../domain/object-ref.ts';
import { addInclude, IniNotEditable } from './ini/edit.ts';
import { parseIni } from './ini/parse.ts';
import { includedKey, settingsName, startScriptFile } from './names.ts';
import { answeredValues, type PoolerState } from './pooler-state.ts';

/** How the settings of one pooler can be made to last. */
export type Way =
  /** Its image takes them from our ConfigMap at each start. */
  | { readonly kind: 'image' }
  /** The same, after the operator has given the pooler this image. */
  | { readonly kind: 'new-image'; readonly image: string; readonly resource: ObjectRef }
  /** Its ini lies in a ConfigMap, in which it can include ours. */
  | {
      readonly kind: 'include';
      readonly configMap: ObjectRef;
      readonly key: string;
      /** Path of our settings inside the container. */
      readonly file: string;
    }
  /** Only the running processes can be set; `why` says what stands in the way of more. */
  | { readonly kind: 'set'; readonly why: string; readonly field?: string };

/** Whether the pooler's image is one that takes its settings from our ConfigMap: its own words, or the note of who named it. */
function takesSettings(state: PoolerState): boolean {
  const files = answeredValues(state).flatMap((values) => values['conffile'] ?? []);
  if (files.length > 0) return files.every((file) => file.endsWith(`/${startScriptFile}`));
  const { operator, workload } = state;
  return operator?.before !== undefined && operator.image === workload.image;
}

function operatorsWay(state: PoolerState, wantedImage: string | undefined): Way {
  const { operator, operatorField } = state;
  const running = state.workload.image === wantedImage || wantedImage === undefined;
  if (running && takesSettings(state)) return { kind: 'image' };
  if (wantedImage !== undefined && operator !== undefined) {
    const { namespace } = state.component;
    const resource = { kind: 'postgresql', namespace, name: operator.name, uid: operator.uid };
    return { kind: 'new-image', image: wantedImage, resource };
  }
  if (operatorField?.looked === true && operatorField.value !== undefined) {
    const field = `spec.connectionPooler.${operatorField.value}`;
    return {
      kind: 'set',
      field,
      why: `this operator has a field for settings, ${field}, which is its owner's to fill`,
    };
  }
  const unseen =
    operatorField?.looked === false
      ? ` (whether it has one by now could not be seen: ${operatorField.why})`
      : '';
  return {
    kind: 'set',
    why: `the operator renders pgbouncer.ini at each start, has no field for settings${unseen}, and takes out mounts that it did not make`,
  };
}

function ownWay({ workload, ini, component }: PoolerState): Way {
  const source = workload.ini;
  if (!source.addable) return { kind: 'set', why: source.why };
  const configMap = { kind: 'ConfigMap', namespace: component.namespace, name: source.configMap };
  if (ini === undefined)
    return { kind: 'set', why: `ConfigMap ${source.configMap} has no key ${source.key}` };
  if (ini.isImmutable) return { kind: 'set', why: `ConfigMap ${source.configMap} is immutable` };
  const file = `${source.folder}/${includedKey}`;
  try {
    addInclude(parseIni(ini.text), file);
  } catch (error) {
    if (!(error instanceof IniNotEditable)) throw error;
    return {
      kind: 'set',
      why: `${source.key} in ConfigMap ${source.configMap} cannot be added to: ${error.message}`,
    };
  }
  return { kind: 'include', configMap, key: source.key, file };
}

/** The best way that there is for this pooler. `wantedImage` is an image that its owner built for it. */
export function wayOf(state: PoolerState, wantedImage: string | undefined): Way {
  return state.operator === undefined ? ownWay(state) : operatorsWay(state, wantedImage);
}

/** How the settings get there and how long they last, for people. */
export function wayText(way: Way): string {
  switch (way.kind) {
    case 'image':
      return (
        `They last: the pooler's image takes them from ConfigMap ${settingsName} at each start, and within half a minute ` +
        'of a change. While the API does not answer it starts with those that are in the image.'
      );
    case 'new-image':
      return (
        `They last: the operator gives the pooler image ${way.image}, which takes them from ConfigMap ${settingsName} at each ` +
        'start. It replaces the pods one after the other, and the clients of each connect anew.'
      );
    case 'include':
      return (
        `They last: ${way.key} in ConfigMap ${way.configMap.name} includes ${way.file}, a key of the same ConfigMap. When you ` +
        `apply that ConfigMap from a file, add the line \`%include ${way.file}\` to its section [pgbouncer] there as well.`
      );
    case 'set':
      return `They last until a pooler's container starts again, or somebody sends RELOAD: ${way.why}.`;
  }
}
