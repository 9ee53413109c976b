/** `npm run test:sim` runs the seeds that a file asks for; ARCHIPEL_SIM_SEEDS=20000 as many, ARCHIPEL_SIM_FIRST=1234 from another one on. */
const { ARCHIPEL_SIM_SEEDS, ARCHIPEL_SIM_FIRST } = process.env;
const FIRST = Number(ARCHIPEL_SIM_FIRST ?? 1);
const SEEDS_PER_TEST = 50;

/** The first and last seed of each test. */
export function spans(count: number): [first: number, last: number][] {
  const seeds = Number(ARCHIPEL_SIM_SEEDS ?? count);
  return Array.from({ length: Math.ceil(seeds / SEEDS_PER_TEST) }, (_, index) => {
    const first = FIRST + index * SEEDS_PER_TEST;
    return [first, Math.min(first + SEEDS_PER_TEST, FIRST + seeds) - 1];
  });
}
