import type { Outcome } from './measures.ts';
import type { Situation } from './world.ts';

const SECOND_MS = 1000;
const FAST_MS = 120 * SECOND_MS;
const SLOW_MS = 600 * SECOND_MS;

export type GateKey = 'overloaded' | 'fullest' | 'utilisationP999' | 'imbalanceP99' | 'refused' | 'tries';
/** At most this much, for the worst of the seeds. */
export type Gates = Partial<Record<GateKey, number>>;

export interface Case {
  name: string;
  situation: Omit<Situation, 'hosts' | 'holdMs'>;
  gates: Gates;
  /** Not simulated among more hosts, where it takes long: browsers each have an address book of their own. */
  hostsMax?: number;
}

/** The gates of the design (network.md) where all is well. */
const WELL: Gates = { overloaded: 0.001, utilisationP999: 0.95, imbalanceP99: 1.7, refused: 0.005, tries: 1.1 };
/** Some of the asked do not answer, so more are asked, and the rest carries more. */
const SHAKEN: Gates = { overloaded: 0.001, utilisationP999: 0.95, refused: 0.005 };

export const CASES: readonly Case[] = [
  { name: 'to 60 % in 120 s', situation: { peak: 0.6, rampMs: FAST_MS }, gates: WELL },
  { name: 'to 75 % in 600 s', situation: { peak: 0.75, rampMs: SLOW_MS }, gates: WELL },
  {
    name: 'to 110 % in 600 s',
    situation: { peak: 1.1, rampMs: SLOW_MS },
    gates: { overloaded: 0.001, fullest: 1 },
  },
  {
    name: '5 % liars, to 75 %',
    situation: { peak: 0.75, rampMs: SLOW_MS, liars: 0.05 },
    gates: { overloaded: 0.02 },
  },
  {
    name: '5 % liars that hide their load',
    situation: { peak: 0.75, rampMs: SLOW_MS, liars: 0.05, hidesLoad: true },
    gates: { overloaded: 0.02 },
    hostsMax: 100,
  },
  {
    name: '5 % fail, 5 % drain, to 60 %',
    situation: { peak: 0.6, rampMs: SLOW_MS, failing: 0.05, draining: 0.05 },
    gates: SHAKEN,
  },
  {
    name: 'portals fail, to 75 %',
    situation: { peak: 0.75, rampMs: SLOW_MS, losesPortals: true },
    gates: WELL,
    hostsMax: 100,
  },
];

/** Where the older rules are shown: the second case. */
export const COMPARED = CASES[1] as Case;

/** The gates hold from this many hosts on: among ten, one is too much of the whole. */
export const GATED_HOSTS = 100;

export interface Verdict {
  gate: string;
  limit: number;
  worst: number;
  holds: boolean;
}

/** One verdict per gate, on the worst seed. */
export function judge(name: string, gates: Gates, outcomes: readonly Outcome[]): Verdict[] {
  return Object.entries(gates).map(([key, limit]) => {
    const worst = Math.max(...outcomes.map((outcome) => outcome[key as GateKey]));
    return { gate: `${name}: ${key}`, limit, worst, holds: worst <= limit };
  });
}
