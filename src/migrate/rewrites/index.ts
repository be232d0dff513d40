import type { Rule } from '../rule.ts';
import { database } from './database.ts';
import { definitions } from './definitions.ts';
import { emptyDir } from './empty-dir.ts';
import { frontDoor } from './front-door.ts';
import { hostAddresses } from './host-addresses.ts';
import { hostNames } from './host-names.ts';
import { hostNetwork } from './host-network.ts';
import { hostPath } from './host-path.ts';
import { image } from './image.ts';
import { leftOverFields } from './left-over-fields.ts';
import { localObjects } from './local-objects.ts';
import { networkPolicy } from './network-policy.ts';
import { nodePlacement } from './node-placement.ts';
import { otherData } from './other-data.ts';
import { plainValues } from './plain-values.ts';
import { requests } from './requests.ts';
import { runOnce } from './run-once.ts';
import { secrets } from './secrets.ts';
import { spread } from './spread.ts';
import { storage } from './storage.ts';

/**
 * Every rule, in the order in which they run: what is not taken along goes first; what makes new objects (the database) comes
 * before what every object needs (images, spread); addresses are looked for when names have been put in their place.
 */
export const rules: readonly Rule[] = [
  localObjects,
  leftOverFields,
  database,
  storage,
  hostPath,
  emptyDir,
  networkPolicy,
  frontDoor,
  hostNetwork,
  nodePlacement,
  image,
  spread,
  hostNames,
  hostAddresses,
  plainValues,
  secrets,
  requests,
  otherData,
  runOnce,
  definitions,
];
