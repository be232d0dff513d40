import { addressesChanged } from './addresses-changed.ts';
import { agentStopped } from './agent-stopped.ts';
import { clusterStopped } from './cluster-stopped.ts';
import { cutDuringRecovery } from './cut-during-recovery.ts';
import type { Drill } from './define-drill.ts';
import { djangoCrashTailLongest } from './django-crash-tail-longest.ts';
import { djangoCrashTail } from './django-crash-tail.ts';
import { djangoInitCrashTail } from './django-init-crash-tail.ts';
import { djangoSlowStart } from './django-slow-start.ts';
import { djangoStartsWithinAMinute } from './django-starts-within-a-minute.ts';
import { dnsScaledToZero } from './dns-scaled-to-zero.ts';
import { fsyncOff } from './fsync-off.ts';
import { hostNameLost } from './host-name-lost.ts';
import { loadBalancerGhost } from './load-balancer-ghost.ts';
import { loadBalancerStopped } from './load-balancer-stopped.ts';
import { networkCacheDamaged } from './network-cache-damaged.ts';
import { orderRowDeleted } from './order-row-deleted.ts';
import { plainCut } from './plain-cut.ts';
import { podsLeftOver } from './pods-left-over.ts';
import { poolerBanned } from './pooler-banned.ts';
import { poolerEgressBlocked } from './pooler-egress-blocked.ts';
import { poolerPasswordChanged } from './pooler-password-changed.ts';
import { redisFileDamaged } from './redis-file-damaged.ts';
import { redisScaledToZero } from './redis-scaled-to-zero.ts';
import { standbyCutOff } from './standby-cut-off.ts';

/** Every way to break the stack on purpose. A new one is a file and one line here. */
export const drills: readonly Drill[] = [
  plainCut,
  cutDuringRecovery,
  clusterStopped,
  agentStopped,
  addressesChanged,
  loadBalancerStopped,
  loadBalancerGhost,
  poolerPasswordChanged,
  poolerBanned,
  poolerEgressBlocked,
  redisFileDamaged,
  networkCacheDamaged,
  dnsScaledToZero,
  hostNameLost,
  djangoCrashTail,
  djangoCrashTailLongest,
  djangoInitCrashTail,
  djangoSlowStart,
  djangoStartsWithinAMinute,
  podsLeftOver,
  redisScaledToZero,
  standbyCutOff,
  orderRowDeleted,
  fsyncOff,
];

/** The drill of that name; throws an error that lists the names. */
export function drillNamed(id: string): Drill {
  const drill = drills.find((candidate) => candidate.id === id);
  if (drill !== undefined) return drill;
  throw new Error(`there is no drill ${id}; there are ${drills.map((known) => known.id).join(', ')}`);
}
