import type { ReadinessCheck } from '../define-check.ts';
import { accountReferenceMissing } from './account-reference-missing.ts';
import { autoscalerBounds } from './autoscaler-bounds.ts';
import { autoscalerCannotWork } from './autoscaler-cannot-work.ts';
import { autoscalerTargetMissing } from './autoscaler-target-missing.ts';
import { claimLocalStorage } from './claim-local-storage.ts';
import { claimUnbound } from './claim-unbound.ts';
import { claimsDeletedWithSet } from './claims-deleted-with-set.ts';
import { clusterVersionOld } from './cluster-version-old.ts';
import { containerRestarts } from './container-restarts.ts';
import { cpuLimitMissing } from './cpu-limit-missing.ts';
import { cronJobMissed } from './cron-job-missed.ts';
import { cronJobOverlaps } from './cron-job-overlaps.ts';
import { deprecatedApi } from './deprecated-api.ts';
import { disruptionBudgetBlocks } from './disruption-budget-blocks.ts';
import { disruptionBudgetIdle } from './disruption-budget-idle.ts';
import { disruptionBudgetMissing } from './disruption-budget-missing.ts';
import { disruptionBudgetsOverlap } from './disruption-budgets-overlap.ts';
import { emptyDirData } from './empty-dir-data.ts';
import { emptyDirHoldsFiles } from './empty-dir-holds-files.ts';
import { environmentDuplicated } from './environment-duplicated.ts';
import { ephemeralStorageUnlimited } from './ephemeral-storage-unlimited.ts';
import { externalTrafficPolicy } from './external-traffic-policy.ts';
import { headlessServiceMissing } from './headless-service-missing.ts';
import { hostPath } from './host-path.ts';
import { hostPort } from './host-port.ts';
import { imageImported } from './image-imported.ts';
import { imageNotPinned } from './image-not-pinned.ts';
import { ingressBackendMissing } from './ingress-backend-missing.ts';
import { invalidLabel } from './invalid-label.ts';
import { invalidSpread } from './invalid-spread.ts';
import { jobTrouble } from './job-trouble.ts';
import { jobWithoutEnd } from './job-without-end.ts';
import { limitRangeBlocksRecreation } from './limit-range-blocks-recreation.ts';
import { livenessProbeMissing } from './liveness-probe-missing.ts';
import { loadBalancerService } from './load-balancer-service.ts';
import { memoryLimitMissing } from './memory-limit-missing.ts';
import { metricsMissing } from './metrics-missing.ts';
import { namespaceEmpty } from './namespace-empty.ts';
import { networkPolicyIdle } from './network-policy-idle.ts';
import { noSpread } from './no-spread.ts';
import { noVolumeForData } from './no-volume-for-data.ts';
import { noWayBack } from './no-way-back.ts';
import { nodePortService } from './node-port-service.ts';
import { nodeTaintExcludes } from './node-taint-excludes.ts';
import { nodeTrouble } from './node-trouble.ts';
import { pinnedToNode } from './pinned-to-node.ts';
import { podNotReady } from './pod-not-ready.ts';
import { podWithoutController } from './pod-without-controller.ts';
import { portByNumber } from './port-by-number.ts';
import { priorityMissing } from './priority-missing.ts';
import { probeProvesLittle } from './probe-proves-little.ts';
import { probeRedirected } from './probe-redirected.ts';
import { probesIdentical } from './probes-identical.ts';
import { pullPolicy } from './pull-policy.ts';
import { quotaBlocksRecreation } from './quota-blocks-recreation.ts';
import { readinessProbeMissing } from './readiness-probe-missing.ts';
import { referenceMissing } from './reference-missing.ts';
import { replicasOnOneNode } from './replicas-on-one-node.ts';
import { requestsAboveNodes } from './requests-above-nodes.ts';
import { requestsMissing } from './requests-missing.ts';
import { roleMissing } from './role-missing.ts';
import { rollingUpdateSingleWriter } from './rolling-update-single-writer.ts';
import { scaledToZero } from './scaled-to-zero.ts';
import { selectorMismatch } from './selector-mismatch.ts';
import { servicePortMismatch } from './service-port-mismatch.ts';
import { serviceSingleEndpoint } from './service-single-endpoint.ts';
import { serviceWithoutEndpoints } from './service-without-endpoints.ts';
import { serviceWithoutPods } from './service-without-pods.ts';
import { serviceWithoutSelector } from './service-without-selector.ts';
import { singleControlPlane } from './single-control-plane.ts';
import { singleReplica } from './single-replica.ts';
import { startupProbeMissing } from './startup-probe-missing.ts';
import { terminationGrace } from './termination-grace.ts';
import { unusedKey } from './unused-key.ts';
import { unusedObject } from './unused-object.ts';
import { updateStrategyRecreate } from './update-strategy-recreate.ts';
import { volumeReclaimDelete } from './volume-reclaim-delete.ts';
import { volumeUnused } from './volume-unused.ts';
import { workloadIncomplete } from './workload-incomplete.ts';

/** Every readiness check, by name. Their order in a report is that of their severity. */
export const readinessChecks: readonly ReadinessCheck[] = [
  accountReferenceMissing,
  autoscalerBounds,
  autoscalerCannotWork,
  autoscalerTargetMissing,
  claimLocalStorage,
  claimUnbound,
  claimsDeletedWithSet,
  clusterVersionOld,
  containerRestarts,
  cpuLimitMissing,
  cronJobMissed,
  cronJobOverlaps,
  deprecatedApi,
  disruptionBudgetBlocks,
  disruptionBudgetIdle,
  disruptionBudgetMissing,
  disruptionBudgetsOverlap,
  emptyDirData,
  emptyDirHoldsFiles,
  environmentDuplicated,
  ephemeralStorageUnlimited,
  externalTrafficPolicy,
  headlessServiceMissing,
  hostPath,
  hostPort,
  imageImported,
  imageNotPinned,
  ingressBackendMissing,
  invalidLabel,
  invalidSpread,
  jobTrouble,
  jobWithoutEnd,
  limitRangeBlocksRecreation,
  livenessProbeMissing,
  loadBalancerService,
  memoryLimitMissing,
  metricsMissing,
  namespaceEmpty,
  networkPolicyIdle,
  noSpread,
  noVolumeForData,
  noWayBack,
  nodePortService,
  nodeTaintExcludes,
  nodeTrouble,
  pinnedToNode,
  podNotReady,
  podWithoutController,
  portByNumber,
  priorityMissing,
  probeProvesLittle,
  probeRedirected,
  probesIdentical,
  pullPolicy,
  quotaBlocksRecreation,
  readinessProbeMissing,
  referenceMissing,
  replicasOnOneNode,
  requestsAboveNodes,
  requestsMissing,
  roleMissing,
  rollingUpdateSingleWriter,
  scaledToZero,
  selectorMismatch,
  servicePortMismatch,
  serviceSingleEndpoint,
  serviceWithoutEndpoints,
  serviceWithoutPods,
  serviceWithoutSelector,
  singleControlPlane,
  singleReplica,
  startupProbeMissing,
  terminationGrace,
  unusedKey,
  unusedObject,
  updateStrategyRecreate,
  volumeReclaimDelete,
  volumeUnused,
  workloadIncomplete,
];
