/** Virtual time, network and disk for tests: never shipped. */
export { settle, VirtualClock } from './clock.ts';
export { CrashableStore, Disk } from './crashable-store.ts';
export { CALM, Network, type Weather } from './network.ts';
export { nodeSuite } from './node-suite.ts';
export { Person, RELAY_URL, words } from './person.ts';
export { type SeededRandom, seededRandom } from './random.ts';
export { type Outcome, Simulation } from './simulation.ts';
