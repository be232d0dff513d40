import type { StepName } from '../../domain/plan.ts';
import type { Step } from '../define-step.ts';
import { applyPoolerProfile } from './apply-pooler-profile.ts';
import { checkPoolerSettings, removeCheckPods } from './check-pooler-settings.ts';
import { declarePoolerProfile } from './declare-pooler-profile.ts';
import { deleteLeftOverPod } from './delete-left-over-pod.ts';
import { dropGoneUpstreams } from './drop-gone-upstreams.ts';
import { nudgePooler } from './nudge-pooler.ts';
import { restorePoolerImage, usePoolerImage } from './pooler-image.ts';
import { dropPoolerSettings, writePoolerSettings } from './pooler-settings.ts';
import { excludePoolerSettings, includePoolerSettings } from './pooler-settings-include.ts';
import { reloadLoadBalancer } from './reload-load-balancer.ts';
import { reloadPoolerSettings } from './reload-pooler-settings.ts';
import { restartCrashLoopingPod, restartStuckPod } from './restart-pod.ts';
import { restartPooler } from './restart-pooler.ts';
import { restartPodWithItsFiles } from './restart-pod-with-its-files.ts';
import { restoreHostNames } from './restore-host-names.ts';
import { scaleUp } from './scale-up.ts';
import { setNetworkCacheAside } from './set-network-cache-aside.ts';
import { startCluster } from './start-cluster.ts';
import { startLoadBalancer, startNode } from './start-container.ts';
import { syncPoolerCredentials } from './sync-pooler-credentials.ts';
import { trimAppendOnlyFile } from './trim-append-only-file.ts';

/** Every step by its name; the type makes a missing one an error. */
export const steps: Readonly<Record<StepName, Step>> = {
  'start-cluster': startCluster,
  'start-node': startNode,
  'start-load-balancer': startLoadBalancer,
  'drop-gone-upstreams': dropGoneUpstreams,
  'restart-crash-looping-pod': restartCrashLoopingPod,
  'restart-pod-with-its-files': restartPodWithItsFiles,
  'restart-stuck-pod': restartStuckPod,
  'delete-left-over-pod': deleteLeftOverPod,
  'scale-up': scaleUp,
  'restore-host-names': restoreHostNames,
  'set-network-cache-aside': setNetworkCacheAside,
  'trim-append-only-file': trimAppendOnlyFile,
  'sync-pooler-credentials': syncPoolerCredentials,
  'nudge-pooler': nudgePooler,
  'restart-pooler': restartPooler,
  'apply-pooler-profile': applyPoolerProfile,
  'reload-load-balancer': reloadLoadBalancer,
  'check-pooler-settings': checkPoolerSettings,
  'remove-check-pods': removeCheckPods,
  'write-pooler-settings': writePoolerSettings,
  'include-pooler-settings': includePoolerSettings,
  'use-pooler-image': usePoolerImage,
  'reload-pooler-settings': reloadPoolerSettings,
  'restore-pooler-image': restorePoolerImage,
  'exclude-pooler-settings': excludePoolerSettings,
  'drop-pooler-settings': dropPoolerSettings,
  'declare-pooler-profile': declarePoolerProfile,
};
