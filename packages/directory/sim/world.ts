import { type SeededRandom, seededRandom } from '@archipel/testkit';
import { ROUTING, roomsToHandOff, unitsOfHandoff } from '../src/index.ts';
import {
  arrivalsPerMs,
  type Crowd,
  exponential,
  joinDelayMs,
  MEAN_ROOM_UNITS,
  roomSize,
  stayMs,
  WARM_MS,
} from './crowd.ts';
import { Events } from './events.ts';
import { makeHosts, type SimHost, SimRoom, shuffled } from './host.ts';
import { Measures } from './measures.ts';
import type { Decision, Demand, MakeRule, Rule } from './rule.ts';

const SECOND_MS = 1000;
/** Reports: a new one after 10 to 20 s, which arrives 10 s old: what is known is 10 to 30 s old. */
const REPORT_EVERY_MS = { from: 10 * SECOND_MS, to: 20 * SECOND_MS };
const REPORT_AGE_MS = 10 * SECOND_MS;
/** A host keeps room for the people of a room for so long; by then most are there. */
const YOUNG_MS = 60 * SECOND_MS;
const FIRST_SIGNAL_MS = 15 * SECOND_MS;
const SIGNAL_EVERY_MS = 240 * SECOND_MS;
/** People on a host that is too slow notice it within half a minute, each at their time. */
const WATCH_MS = 5 * SECOND_MS;
const NOTICE_CHANCE = 1 / 6;
const MOVE_MS = 2 * SECOND_MS;
const HANDOFF_EVERY_MS = 5 * SECOND_MS;
const SAMPLE_MS = 10 * SECOND_MS;
/** The peak begins when the rooms of the last to come have filled. */
const SETTLE_MS = 60 * SECOND_MS;
const RETRIES_MAX = 3;
const REACTION_MS = { from: 2 * SECOND_MS, to: 10 * SECOND_MS };

/** One situation of the simulation. Shares are of the hosts, `peak` is of their true capacity. */
export interface Situation {
  hosts: number;
  peak: number;
  rampMs: number;
  holdMs: number;
  liars?: number;
  /** The liars also admit to a tenth of their load only. */
  hidesLoad?: boolean;
  /** Hosts that fail in the middle of the rise. */
  failing?: number;
  /** Hosts that drain from the middle of the rise on. */
  draining?: number;
  /** The portals fail in the middle of the rise. */
  losesPortals?: boolean;
}

/** Hosts, people and a rule, in virtual time: a run depends on the situation, the rule and the seed alone. */
export class World {
  readonly hosts: SimHost[];
  readonly measures = new Measures();
  readonly #situation: Situation;
  readonly #crowd: Crowd;
  readonly #endMs: number;
  readonly #events: Events;
  readonly #people: SeededRandom;
  readonly #fate: SeededRandom;
  readonly #rule: Rule;

  constructor(situation: Situation, makeRule: MakeRule, seed: number) {
    this.#situation = situation;
    this.#endMs = WARM_MS + situation.rampMs + situation.holdMs;
    this.#events = new Events(this.#endMs);
    this.#people = seededRandom(4 * seed);
    this.#fate = seededRandom(4 * seed + 1);
    this.hosts = makeHosts(situation.hosts, situation.liars ?? 0, seededRandom(4 * seed + 2));
    const liars = this.hosts.filter(({ trueUnits, capacityUnits }) => capacityUnits > trueUnits);
    if (situation.hidesLoad) for (const liar of liars) liar.shownShare = 0.1;
    const capacity = this.hosts.reduce((sum, { trueUnits }) => sum + trueUnits, 0);
    this.#crowd = { peakUsers: capacity * situation.peak, rampMs: situation.rampMs };
    this.#rule = makeRule({ hosts: this.hosts, events: this.#events, random: seededRandom(4 * seed + 3) });
  }

  async run(): Promise<Measures> {
    const { rampMs } = this.#situation;
    for (const host of this.hosts) this.#report(host, 0);
    this.#events.setTimeout(() => this.#misfortune(), WARM_MS + rampMs / 2);
    for (let atMs = WARM_MS; atMs <= this.#endMs; atMs += SAMPLE_MS) {
      this.#events.setTimeout(() => this.measures.sample(this.hosts, atMs >= WARM_MS + rampMs + SETTLE_MS), atMs);
    }
    this.#nextArrival();
    await this.#events.run();
    return this.measures;
  }

  get ruleName(): string {
    return this.#rule.name;
  }

  get #isCounting(): boolean {
    return this.#events.now() >= WARM_MS;
  }

  #report(host: SimHost, ageMs: number): void {
    if (!host.isAlive) return;
    const atMs = this.#events.now();
    const load = host.load();
    if (ageMs === 0) this.#rule.report(host, load, atMs);
    else this.#events.setTimeout(() => this.#rule.report(host, load, atMs), ageMs);
    this.#events.setTimeout(() => this.#report(host, REPORT_AGE_MS), within(this.#fate, REPORT_EVERY_MS));
  }

  #nextArrival(): void {
    const gapMs = exponential(this.#people, MEAN_ROOM_UNITS / arrivalsPerMs(this.#crowd, this.#events.now()));
    this.#events.setTimeout(() => {
      const room = new SimRoom(roomSize(this.#people), this.#people.below(this.#rule.doors));
      if (this.#isCounting) this.measures.wanted += room.size;
      void this.#create(room, 0, undefined);
      this.#nextArrival();
    }, gapMs);
  }

  /** Somebody creates something; who is refused comes back when told to, a few times. */
  async #create(room: SimRoom, retry: number, ticket: string | undefined): Promise<void> {
    const decision = await this.#place({ door: room.door, ticket });
    this.#count(decision);
    if (decision.host !== undefined) {
      this.#open(room, decision.host, decision.reservedUnits);
      return;
    }
    if (retry === 0) this.#countRefusal(room.size);
    const { ticket: next, comeBackInMs } = decision;
    if (comeBackInMs === undefined || retry === RETRIES_MAX) {
      if (this.#isCounting) this.measures.gaveUp += room.size;
      return;
    }
    this.#events.setTimeout(() => void this.#create(room, retry + 1, next), comeBackInMs);
  }

  #place(demand: Demand): Decision | Promise<Decision> {
    this.#events.asking();
    return this.#rule.place(demand);
  }

  #open(room: SimRoom, host: SimHost, reservedUnits: number): void {
    host.enter(room, reservedUnits);
    this.#join(room);
    this.#events.setTimeout(() => room.host?.release(room), YOUNG_MS);
    this.#events.setTimeout(() => this.#signal(room), FIRST_SIGNAL_MS);
    this.#events.setTimeout(() => {
      room.isOver = true;
      room.host?.leave(room);
    }, stayMs(this.#people));
  }

  /** One more person, then the next one. */
  #join(room: SimRoom): void {
    if (room.isOver || room.arrivedUnits >= room.size) return;
    // While its host is gone and it looks for another, people wait.
    if (room.host !== undefined) this.#takeIn(room, room.host);
    this.#events.setTimeout(() => this.#join(room), joinDelayMs(this.#people, room.size));
  }

  #takeIn(room: SimRoom, host: SimHost): void {
    room.arrivedUnits += 1;
    if (this.#rule.isGuarded && !host.admits()) this.#countRefusal(1);
    else host.join(room);
    if (!this.#rule.isGuarded) return;
    this.#handOff(host);
    if (host.utilisation > 1 && !host.isWatched) this.#watch(host);
  }

  #signal(room: SimRoom): void {
    if (room.isOver) return;
    if (room.host !== undefined) this.#rule.signal(room.host, room.host.utilisation <= 1, room.door);
    this.#events.setTimeout(() => this.#signal(room), SIGNAL_EVERY_MS);
  }

  /** Rooms on a host that carries too much notice, say so, and look for another. */
  #watch(host: SimHost): void {
    host.isWatched = true;
    this.#events.setTimeout(() => {
      host.isWatched = false;
      if (host.utilisation <= 1 || !host.isAlive) return;
      for (const room of host.rooms) {
        if (!this.#fate.chance(NOTICE_CHANCE)) continue;
        this.#rule.signal(host, false, room.door);
        void this.#move(room);
      }
      this.#watch(host);
    }, WATCH_MS);
  }

  #handOff(host: SimHost): void {
    const nowMs = this.#events.now();
    if (nowMs < host.nextHandoffMs || host.presentUnits <= ROUTING.handoffShare * host.capacityUnits) return;
    const staying = [...host.rooms].filter(({ isMoving }) => !isMoving);
    const present = staying.reduce((sum, { presentUnits }) => sum + presentUnits, 0);
    const leaving = roomsToHandOff(staying, present, host.capacityUnits);
    if (leaving.length > 0) host.nextHandoffMs = nowMs + HANDOFF_EVERY_MS;
    for (const room of leaving) void this.#move(room);
  }

  /** A room goes to another host; its people are there after a moment. */
  async #move(room: SimRoom): Promise<void> {
    const from = room.host;
    if (from === undefined || room.isMoving) return;
    room.isMoving = true;
    const units = unitsOfHandoff(room.presentUnits, MEAN_ROOM_UNITS);
    const { host: to, reservedUnits } = await this.#place({ door: room.door, units, waits: false });
    if (to === undefined) {
      room.isMoving = false;
      return;
    }
    this.#events.setTimeout(() => {
      room.isMoving = false;
      if (room.host !== from || to === from || !to.isAlive) {
        to.committedUnits -= reservedUnits;
        return;
      }
      from.leave(room);
      to.enter(room, reservedUnits);
      if (this.#isCounting) this.measures.handoffs += 1;
      this.#events.setTimeout(() => room.host?.release(room), YOUNG_MS);
    }, MOVE_MS);
  }

  /** In the middle of the rise: hosts and portals fail, hosts drain. */
  #misfortune(): void {
    const { failing = 0, draining = 0, losesPortals = false, hosts } = this.#situation;
    const order = shuffled(hosts, this.#fate).map((index) => this.hosts[index] as SimHost);
    for (const host of order.splice(0, Math.round(failing * hosts))) this.#fail(host);
    for (const host of order.splice(0, Math.round(draining * hosts))) host.isDraining = true;
    if (losesPortals) this.#rule.losePortals();
  }

  /** Its rooms look for another host, as they would for a first one. */
  #fail(host: SimHost): void {
    host.isAlive = false;
    for (const room of [...host.rooms]) {
      host.leave(room);
      this.#events.setTimeout(() => void this.#rescue(room), within(this.#fate, REACTION_MS));
    }
  }

  async #rescue(room: SimRoom): Promise<void> {
    const units = unitsOfHandoff(room.presentUnits, MEAN_ROOM_UNITS);
    const decision = await this.#place({ door: room.door, units, waits: false });
    this.#count(decision);
    if (decision.host === undefined) {
      this.#countRefusal(room.presentUnits);
      this.measures.gaveUp += room.presentUnits;
    } else if (room.isOver) decision.host.committedUnits -= decision.reservedUnits;
    else decision.host.enter(room, decision.reservedUnits);
  }

  #count({ host, tries }: Decision): void {
    if (!this.#isCounting) return;
    this.measures.asked += tries;
    if (host !== undefined) this.measures.sessions += 1;
  }

  #countRefusal(users: number): void {
    if (this.#isCounting) this.measures.refused += users;
  }
}

function within(random: SeededRandom, { from, to }: { from: number; to: number }): number {
  return from + random.next() * (to - from);
}
