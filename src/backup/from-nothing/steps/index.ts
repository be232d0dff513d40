import type { RebuildStep } from '../context.ts';
import { makeCluster, readyNodes } from './cluster.ts';
import { restoreData } from './data.ts';
import { databaseClusters } from './database-clusters.ts';
import { imagesIntoEngine, imagesIntoNodes } from './images.ts';
import { objectSteps } from './objects.ts';
import { restoreRedis } from './redis.ts';
import { restoreUploads } from './uploads.ts';
import { startWorkloads } from './workloads.ts';

/** From nothing to a stack that could be used, in order; the proof comes after it. */
export const rebuildSteps: readonly RebuildStep[] = [
  imagesIntoEngine,
  makeCluster,
  readyNodes,
  imagesIntoNodes,
  ...objectSteps,
  databaseClusters,
  restoreData,
  restoreRedis,
  restoreUploads,
  startWorkloads,
];
