import type { Peer } from '../peers/peer.ts';

export interface Conditions {
  quick: boolean;
  /** From 0. */
  round: number;
  /** An empty folder of this cell's own. */
  folder: string;
}

export interface Column {
  head: string;
  /** Name of the measure. */
  measure: string;
  /** The measure is shown beside its ratio to this peer. */
  ratioTo?: string;
}

/** One thing to measure, alike for every peer. */
export interface Scenario {
  name: string;
  title: string;
  columns: readonly Column[];
  /** Whether it has a meaning for a peer that keeps nothing. */
  needsStore: boolean;
  /** About how long one peer takes in one round, for the time left. */
  seconds(quick: boolean): number;
  /** Left out of a quick run. */
  onlyFull?: boolean;
  run(peer: Peer, conditions: Conditions): Promise<Record<string, number>>;
}
