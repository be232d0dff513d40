import type { Stack } from '../domain/stack.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReader } from '../ports/cluster.ts';
import type { ClusterProvider } from '../ports/cluster-provider.ts';
import type { SqlClient } from '../ports/database.ts';
import type { FrontDoorClient } from '../ports/front-door-client.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { LateAnswers } from './late-answers.ts';

/** What the collectors may use: readers only, nothing that writes. */
export interface ObserveContext {
  readonly stack: Stack;
  readonly clock: Clock;
  readonly reader: ClusterReader;
  readonly provider: ClusterProvider;
  readonly sql: SqlClient;
  readonly door: FrontDoorClient;
  readonly kept: KeptAnswers;
  readonly late: LateAnswers;
}
