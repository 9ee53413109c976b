/** Virtual time, network and disk for tests: never shipped. */

export { BusLines, type BusWeather, CALM_BUS, SimulatedBus } from './bus.ts';
export { settle, VirtualClock } from './clock.ts';
export { CommentedRelay, CommentedRelays, HelpingRelay } from './commenters.ts';
export { type Break, CrashableStore } from './crashable-store.ts';
export { Disk } from './disk.ts';
export { loneHost } from './lone-host.ts';
export { LoneRelay } from './lone-relay.ts';
export { CALM, Network, type Weather } from './network.ts';
export { nodeSuite } from './node-suite.ts';
export { Person, RELAY_URL, words } from './person.ts';
export { type SeededRandom, seededRandom } from './random.ts';
export { SharedRelays } from './shared-relays.ts';
export { type Outcome, Simulation } from './simulation.ts';
