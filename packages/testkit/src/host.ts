/** The part that a relay's own tests need: nothing of it opens a document. */
export { settle, VirtualClock } from './clock.ts';
export { type Break, CrashableStore } from './crashable-store.ts';
export { Disk } from './disk.ts';
export { type SeededRandom, seededRandom } from './random.ts';
