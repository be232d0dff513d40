import type { ObjectRef } from '../domain/object-ref.ts';
import type { PlannedStep } from '../domain/plan.ts';
import type { PoolerProfile } from '../domain/pooler-profiles.ts';
import { profileParameters } from '../domain/profile-parameters.ts';
import { includedKey, settingsName } from './names.ts';
import type { PoolerProcess, PoolerState } from './pooler-state.ts';
import { plannedStep, type Occasion } from './planned-step.ts';
import { wayOf, type Way } from './way.ts';

/** The profile that is wanted, and what its owner allows. */
export interface WantedProfile {
  readonly profile: PoolerProfile;
  /** An image that was built for this pooler. */
  readonly image?: string | undefined;
  readonly at: number;
}

const setUndo = 'rekindle pooler profile undo';

function settingsRef(namespace: string): ObjectRef {
  return { kind: 'ConfigMap', namespace, name: settingsName };
}

function checkStep(
  occasion: Occasion,
  state: PoolerState,
  wanted: WantedProfile,
  image: string,
): PlannedStep {
  const isNew = image !== state.workload.image;
  const node = isNew ? undefined : state.processes.find((process) => process.node !== undefined)?.node;
  return plannedStep(occasion, {
    step: 'check-pooler-settings',
    target: state.ref,
    reason: `A PgBouncer of image ${image} is started on these settings in a pod of its own, which is removed again.`,
    provenBy: 'it starts, and its pod is gone',
    undo: 'nothing is left',
    parameters: { ...profileParameters(wanted.profile), image, ...(node !== undefined && { node }) },
  });
}

function keepSteps(
  occasion: Occasion,
  state: PoolerState,
  way: Way,
  { profile }: WantedProfile,
): readonly PlannedStep[] {
  const { namespace } = state.component;
  const parameters = profileParameters(profile);
  const write = plannedStep(occasion, {
    step: 'write-pooler-settings',
    target: settingsRef(namespace),
    reason:
      'The image of the pooler reads this ConfigMap; a Role lets its service account read this one and no other.',
    provenBy: 'the API has it with these settings',
    undo: setUndo,
    parameters: { ...parameters, serviceAccount: state.workload.serviceAccount },
  });
  switch (way.kind) {
    case 'image':
      return [write];
    case 'new-image':
      return [
        write,
        plannedStep(occasion, {
          step: 'use-pooler-image',
          target: way.resource,
          risk: 'disruptive',
          reason: `The operator gives the pooler image ${way.image}, pod after pod; clients connect anew.`,
          provenBy: 'every pod of the pooler runs this image and is ready, and the old ones are gone',
          undo: setUndo,
          parameters: { image: way.image, pooler: state.component.name },
        }),
      ];
    case 'include':
      return [
        plannedStep(occasion, {
          step: 'include-pooler-settings',
          target: way.configMap,
          reason: `${way.key} includes ${includedKey}, a key of the same ConfigMap; nothing else in it changes.`,
          provenBy: 'the API has both keys',
          undo: setUndo,
          parameters: { ...parameters, key: way.key, file: way.file },
        }),
      ];
    case 'set':
      return [];
  }
}

function processSteps(
  occasion: Occasion,
  { ref }: PoolerProcess,
  way: Way,
  profile: PoolerProfile,
): readonly PlannedStep[] {
  const parameters = profileParameters(profile);
  // What an earlier profile left by SET goes first, where no file is going to do that.
  const fresh = way.kind === 'set' ? { afresh: 'RELOAD' } : {};
  const set = plannedStep(occasion, {
    step: 'apply-pooler-profile',
    target: ref,
    reason: 'SET changes the running process at once and drops no client.',
    provenBy: 'SHOW CONFIG shows the wanted values',
    undo: 'RELOAD in the admin console of that pod',
    parameters: { ...parameters, ...fresh },
  });
  if (way.kind === 'set') return [set];
  const reload = plannedStep(occasion, {
    step: 'reload-pooler-settings',
    target: ref,
    reason: 'RELOAD makes it read its files again, until they hold the settings; it drops no client.',
    provenBy: 'SHOW CONFIG shows the wanted values after a RELOAD',
    undo: setUndo,
    parameters,
  });
  return [set, reload];
}

/** A pooler, the way that was chosen for it, and what is done to it. */
export interface PoolerPlan {
  readonly state: PoolerState;
  readonly way: Way;
  readonly steps: readonly PlannedStep[];
}

/** What `pooler profile set` does to one pooler: check, keep, then every running process. */
export function planProfile(state: PoolerState, wanted: WantedProfile): PoolerPlan {
  const way = wayOf(state, wanted.image);
  const occasion = { because: 'rekindle pooler profile set', at: wanted.at };
  const image = way.kind === 'new-image' ? way.image : state.workload.image;
  // New pods start with the settings; the old ones are gone by then.
  const running = way.kind === 'new-image' ? [] : state.processes;
  return {
    state,
    way,
    steps: [
      checkStep(occasion, state, wanted, image),
      ...keepSteps(occasion, state, way, wanted),
      ...running.flatMap((process) => processSteps(occasion, process, way, wanted.profile)),
    ],
  };
}
