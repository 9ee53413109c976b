import type { Results } from '../harness/rounds.ts';

interface Gate {
  scenario: string;
  measure: string;
  /** The most that is allowed: times the peer's value, or as an absolute value without a peer. */
  limit: number;
  peer?: string;
  /** The value must be at least the limit instead. */
  atLeast?: true;
}

/** What issue 2 demands of our relay, in its words' order. */
const GATES: readonly Gate[] = [
  { scenario: 'hot-document-200', measure: 'cpuMsPer1000', limit: 1, peer: 'bare-ws' },
  { scenario: 'hot-document-200', measure: 'p95Ms', limit: 1.2, peer: 'hocuspocus' },
  { scenario: 'fast-document', measure: 'cpuMsPer1000', limit: 1.1, peer: 'hocuspocus' },
  { scenario: 'many-documents', measure: 'cpuMsPer1000', limit: 1.25, peer: 'hocuspocus' },
  { scenario: 'many-documents', measure: 'rssMb', limit: 0.8, peer: 'hocuspocus' },
  { scenario: 'closed-documents', measure: 'diskBytesEach', limit: 650 },
  { scenario: 'closed-documents', measure: 'keptBytesEach', limit: 5_000 },
  { scenario: 'closed-documents', measure: 'openP50Ms', limit: 1, peer: 'hocuspocus' },
  { scenario: 'history-10k', measure: 'openP50Ms', limit: 2, peer: 'hocuspocus' },
  { scenario: 'history-10k', measure: 'diskBytesPerEdit', limit: 6 },
  { scenario: 'history-10k', measure: 'diskBytesPerEditErased', limit: 3 },
  { scenario: 'durability', measure: 'keysAcknowledgedLost', limit: 0 },
  { scenario: 'durability', measure: 'acknowledgedOnDiskPercent', limit: 100, atLeast: true },
];

export interface Verdict {
  gate: string;
  /** Our value: a ratio where the gate names a peer. */
  value: number;
  limit: number;
  pass: boolean;
}

/** The verdicts on `ours` for the gates whose numbers were measured. */
export function judge(results: Results, ours: string): Verdict[] {
  return GATES.flatMap(({ scenario, measure, limit, peer, atLeast }) => {
    const own = results[scenario]?.[ours]?.[measure];
    const other = peer === undefined ? 1 : results[scenario]?.[peer]?.[measure];
    if (own === undefined || other === undefined) return [];
    const value = own / other;
    const relation = `${atLeast ? '>=' : '<='} ${limit}${peer === undefined ? '' : `x ${peer}`}`;
    return [
      { gate: `${scenario} ${measure} ${relation}`, value, limit, pass: atLeast ? value >= limit : value <= limit },
    ];
  });
}
