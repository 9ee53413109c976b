/** So many writers that wait each for its own record, and what they write. */
export interface Step {
  name: string;
  waiting: number;
  bytes: number;
  /** All of them write to one document. */
  isHot?: true;
}

/** 325 bytes are a line of prose, sealed; 200 are a word. */
export const steps: readonly Step[] = [
  ...[1, 4, 16, 64, 256].map((waiting) => ({ name: `${waiting} waiting`, waiting, bytes: 325 })),
  { name: '64, 200 B', waiting: 64, bytes: 200 },
  { name: '64, one doc', waiting: 64, bytes: 325, isHot: true },
];
