import { certificateNotValidNow } from './certificate-not-valid-now/index.ts';
import { clusterStopped } from './cluster-stopped/index.ts';
import { controlPlaneSilent } from './control-plane-silent/index.ts';
import { containerNotCreated } from './container-not-created/index.ts';
import { containerPaused } from './container-paused/index.ts';
import { crashLoopTail } from './crash-loop-tail/index.ts';
import type { Fault } from './define-fault.ts';
import { dnsScaledToZero } from './dns-scaled-to-zero/index.ts';
import { dnsSilent } from './dns-silent/index.ts';
import { frontDoorShunned } from './front-door-shunned/index.ts';
import { hostNameMissing } from './host-name-missing/index.ts';
import { leaderCandidatesMissing } from './leader-candidates-missing/index.ts';
import { loadBalancerNamesGone } from './load-balancer-names-gone/index.ts';
import { loadBalancerStopped } from './load-balancer-stopped/index.ts';
import { networkCacheDamaged } from './network-cache-damaged/index.ts';
import { networkPolicyBlocks } from './network-policy-blocks/index.ts';
import { nodeStopped } from './node-stopped/index.ts';
import { patroniStandsStill } from './patroni-stands-still/index.ts';
import { podLeftOver } from './pod-left-over/index.ts';
import { podStuckAfterBoot } from './pod-stuck-after-boot/index.ts';
import { poolerNudgeLeftOver } from './pooler-nudge-left-over/index.ts';
import { poolerProfileDiffers } from './pooler-profile-differs/index.ts';
import { poolerRefusesLogins } from './pooler-refuses-logins/index.ts';
import { poolerRemembersFailedLookup } from './pooler-remembers-failed-lookup/index.ts';
import { poolerRoleRejected } from './pooler-role-rejected/index.ts';
import { poolerSecretUnusable } from './pooler-secret-unusable/index.ts';
import { primaryMissing } from './primary-missing/index.ts';
import { redisAppendOnlyFileDamaged } from './redis-append-only-file-damaged/index.ts';
import { standbyNotStreaming } from './standby-not-streaming/index.ts';
import { synchronousReplicationOff } from './synchronous-replication-off/index.ts';
import { workloadIncomplete } from './workload-incomplete/index.ts';
import { workloadScaledToZero } from './workload-scaled-to-zero/index.ts';

/** Every fault that Rekindle knows, from the bottom layer up. A new one is a folder and one line here. */
export const faults: readonly Fault[] = [
  clusterStopped,
  containerPaused,
  nodeStopped,
  loadBalancerNamesGone,
  loadBalancerStopped,
  networkCacheDamaged,
  certificateNotValidNow,
  controlPlaneSilent,
  dnsScaledToZero,
  dnsSilent,
  hostNameMissing,
  leaderCandidatesMissing,
  primaryMissing,
  patroniStandsStill,
  standbyNotStreaming,
  synchronousReplicationOff,
  networkPolicyBlocks,
  poolerSecretUnusable,
  poolerRoleRejected,
  poolerRemembersFailedLookup,
  poolerRefusesLogins,
  poolerNudgeLeftOver,
  poolerProfileDiffers,
  redisAppendOnlyFileDamaged,
  containerNotCreated,
  crashLoopTail,
  podStuckAfterBoot,
  podLeftOver,
  workloadScaledToZero,
  workloadIncomplete,
  frontDoorShunned,
];
