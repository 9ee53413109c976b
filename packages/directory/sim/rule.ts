import type { SeededRandom } from '@archipel/testkit';
import type { ClassLoad } from '../src/index.ts';
import type { Events } from './events.ts';
import type { SimHost } from './host.ts';

/** What somebody is told who creates something. */
export interface Decision {
  host: SimHost | undefined;
  /** Hosts asked. */
  tries: number;
  /** What the host keeps free for it. */
  reservedUnits: number;
  /** Of an honest refusal. */
  ticket?: string | undefined;
  comeBackInMs?: number;
}

export interface Demand {
  /** Which of the routers is asked. */
  door: number;
  /** People expected; the mean when left out. */
  units?: number;
  ticket?: string | undefined;
  waits?: boolean;
}

/** A way to spread sessions over hosts. */
export interface Rule {
  readonly name: string;
  /** Hosts guard their limits and hand rooms off, people who are served badly move: all of our network, none of the older. */
  readonly isGuarded: boolean;
  readonly doors: number;
  place(demand: Demand): Decision | Promise<Decision>;
  /** A load report reaches everybody; it was made at `atMs`. */
  report(host: SimHost, load: ClassLoad, atMs: number): void;
  /** People of a room tell their router how they are served. */
  signal(host: SimHost, healthy: boolean, door: number): void;
  /** From now on the portals do not answer. */
  losePortals(): void;
}

export interface RulePorts {
  hosts: readonly SimHost[];
  events: Events;
  random: SeededRandom;
}

export type MakeRule = (ports: RulePorts) => Rule;
