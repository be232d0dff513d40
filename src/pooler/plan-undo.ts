import type { PlannedStep } from '../domain/plan.ts';
import type { PoolerValues } from '../domain/pooler-profiles.ts';
import { profileParameters } from '../domain/profile-parameters.ts';
import { removeInclude } from './ini/edit.ts';
import { parseIni } from './ini/parse.ts';
import { mainValues } from './ini/values.ts';
import { includedKey, settingsName } from './names.ts';
import { plannedStep, type Occasion } from './planned-step.ts';
import type { IniText, PoolerProcess, PoolerState } from './pooler-state.ts';

const redo = 'rekindle pooler profile set';

/** Path of our settings inside the container; undefined where its ini cannot include them. */
function includedFile({ workload: { ini } }: PoolerState): string | undefined {
  return ini.addable ? `${ini.folder}/${includedKey}` : undefined;
}

/** Whether anything of ours is in the ConfigMap of somebody's ini. */
function isIncluded(state: PoolerState): boolean {
  const file = includedFile(state);
  if (state.ini === undefined || file === undefined) return false;
  const names = parseIni(state.ini.text).some((item) => item.kind === 'include' && item.file === file);
  return names || state.ini.included !== undefined;
}

/** What the settings that go away are without us: the ini's own, else the process's default. */
function valuesWithout(
  { text, included = '' }: IniText,
  file: string,
  { config }: PoolerProcess,
): PoolerValues {
  const own = mainValues(removeInclude(parseIni(text), file));
  const defaults = config.looked ? config.value.defaults : {};
  const ours = Object.keys(mainValues(parseIni(`[pgbouncer]\n${included}`)));
  const left = ours.map((key) => [key, own[key] ?? defaults[key]] as const);
  return Object.fromEntries(left.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function excludeSteps(occasion: Occasion, state: PoolerState): readonly PlannedStep[] {
  const file = includedFile(state);
  const { ini, workload } = state;
  if (!isIncluded(state) || ini === undefined || file === undefined || !workload.ini.addable) return [];
  const { configMap, key } = workload.ini;
  const exclude = plannedStep(occasion, {
    step: 'exclude-pooler-settings',
    target: { kind: 'ConfigMap', namespace: state.component.namespace, name: configMap },
    reason: `Takes the line that includes ${includedKey} out of ${key}, and then that key.`,
    provenBy: 'the API has neither',
    undo: redo,
    parameters: { key, file },
  });
  const reloads = state.processes.map((process) =>
    reload(occasion, process, valuesWithout(ini, file, process)),
  );
  return [exclude, ...reloads];
}

function reload(occasion: Occasion, { ref }: PoolerProcess, values: PoolerValues): PlannedStep {
  return plannedStep(occasion, {
    step: 'reload-pooler-settings',
    target: ref,
    reason: 'RELOAD takes what was set by SET back to what its files say; it drops no client.',
    provenBy: 'SHOW CONFIG shows the values of its files',
    undo: redo,
    parameters: profileParameters({ name: 'what it had before', settings: values }),
  });
}

function operatorSteps(
  occasion: Occasion,
  { operator, component, hasSettings }: PoolerState,
): readonly PlannedStep[] {
  const { namespace } = component;
  const steps: PlannedStep[] = [];
  if (operator?.before !== undefined) {
    steps.push(
      plannedStep(occasion, {
        step: 'restore-pooler-image',
        target: { kind: 'postgresql', namespace, name: operator.name, uid: operator.uid },
        risk: 'disruptive',
        reason:
          'The operator gives the pooler the image back that it had, pod after pod; clients connect anew.',
        provenBy: 'the note of the image before is gone, and every pod runs that image and is ready',
        undo: `${redo} NAME --image ${operator.image ?? ''} --restart-poolers`,
        parameters: { pooler: component.name, image: operator.image ?? '' },
      }),
    );
  }
  if (hasSettings) {
    steps.push(
      plannedStep(occasion, {
        step: 'drop-pooler-settings',
        target: { kind: 'ConfigMap', namespace, name: settingsName },
        reason:
          'Removes the ConfigMap with the settings, and the Role and the RoleBinding that let the pooler read it.',
        provenBy: 'the API has none of the three',
        undo: redo,
      }),
    );
  }
  return steps;
}

function checkSteps(occasion: Occasion, { component, hasCheckPod }: PoolerState): readonly PlannedStep[] {
  if (!hasCheckPod) return [];
  const { namespace } = component;
  const step = plannedStep(occasion, {
    step: 'remove-check-pods',
    target: { kind: 'Namespace', name: namespace, namespace },
    reason: 'A check whose run was killed has left its pod.',
    provenBy: 'none is left',
    undo: 'nothing is needed: they end by themselves',
  });
  return [step];
}

/** What `pooler profile undo` does to one pooler: everything that `set` left there goes, and running processes go back. */
export function planUndo(state: PoolerState, at: number): readonly PlannedStep[] {
  const occasion = { because: 'rekindle pooler profile undo', at };
  const kept = [
    ...checkSteps(occasion, state),
    ...operatorSteps(occasion, state),
    ...excludeSteps(occasion, state),
  ];
  const goesBackByItself = state.operator?.before !== undefined || isIncluded(state);
  if (goesBackByItself) return kept;
  return [...kept, ...state.processes.map((process) => reload(occasion, process, {}))];
}
