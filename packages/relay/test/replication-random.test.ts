/** Two or three hosts, lines that break, crashes, writers who move, checkpoints, erased histories: whatever happens, by seed. */
import type { Bytes, Vector } from '@archipel/protocol';
import { checkpointHash, recordHash, toHex } from '@archipel/protocol';
import type { SeededRandom } from '@archipel/testkit/host';
import { seededRandom } from '@archipel/testkit/host';
import { describe, expect, it } from 'vitest';
import type { Limits } from '../src/index.ts';
import type { TestSession } from './support/author.ts';
import { Author } from './support/author.ts';
import type { HostClient } from './support/host.ts';
import { Host } from './support/host.ts';
import type { Island } from './support/islands.ts';
import { Sea } from './support/islands.ts';

/** ARCHIPEL_REPLICATION_SEEDS=5000 more, ARCHIPEL_REPLICATION_FIRST=1234 from another one on. */
const SEEDS = Number(process.env.ARCHIPEL_REPLICATION_SEEDS ?? 60);
const FIRST = Number(process.env.ARCHIPEL_REPLICATION_FIRST ?? 1);
const STEPS = 60;
/** A host that is cut off counts as gone so soon. */
const GONE_MS = 300;
const LIMITS = { documentGraceMs: 200, verifyDelayMs: 300, sweepIntervalMs: 500, createsBurstPerPrefix: 1000 };

/** Somebody who keeps all that they wrote, and sends what the host they are on lacks. */
class Writer {
  readonly session: TestSession;
  readonly records: Bytes[] = [];
  readonly hashes: Bytes[] = [];
  acked = 0;
  twice = 0;
  isForgetful = false;
  client: HostClient | undefined;
  #channel = 0;

  constructor(session: TestSession) {
    this.session = session;
  }

  write(): void {
    const previous = this.session.hash;
    const record = this.session.record();
    this.records.push(record);
    this.hashes.push(recordHash(this.session.author.docId, previous, record));
    if (this.client !== undefined && this.#channel > 0) this.client.append(this.#channel, record);
  }

  go(client: HostClient): void {
    this.client?.close();
    this.client = client;
    this.#channel = 0;
    client.askOpen(this.session.author, 'edit');
  }

  /** Hears what came; gone when its host is. */
  act(): void {
    const { client } = this;
    if (client === undefined) return;
    if (client.isBroken) {
      this.client = undefined;
      return;
    }
    for (const message of client.received.splice(0)) {
      if (message.type === 'opened') this.#begin(client, message.channel, message.vector);
      if (message.type === 'refused') this.client = undefined;
      if (message.type === 'ack' && message.level === 1) this.acked = Math.max(this.acked, message.have);
      if (message.type === 'ack' && message.level === 2) this.twice = Math.max(this.twice, message.have);
    }
  }

  #begin(client: HostClient, channel: number, vector: Vector): void {
    this.#channel = channel;
    const have = vector.find(({ session }) => toHex(session) === toHex(this.session.id))?.have ?? 0;
    // A browser keeps what one host alone has acknowledged (CHK-9), and no more.
    if (have < this.twice && this.isForgetful) return;
    client.append(channel, ...this.records.slice(have));
  }
}

class World {
  readonly random: SeededRandom;
  readonly host = new Host();
  readonly sea: Sea;
  readonly author: Author;
  readonly writers: Writer[];

  constructor(seed: number, limits: Partial<Limits> = {}) {
    this.random = seededRandom(seed);
    const pageBytes = this.random.pick([400, 1500, 100_000]);
    this.sea = new Sea(this.host, this.random, 2 + this.random.below(2), { ...LIMITS, ...limits, pageBytes });
    this.author = new Author({ relays: this.sea.islands.map(({ entry }) => entry) });
    this.writers = Array.from({ length: 3 }, () => new Writer(this.author.session()));
  }

  get living(): Island[] {
    return this.sea.islands.filter(({ relay }) => relay !== undefined);
  }

  async begin(): Promise<void> {
    for (const island of this.sea.islands) this.sea.start(island);
    const [first] = this.sea.islands as [Island];
    const maker = this.sea.connect(first);
    await maker.create(this.author);
    const opened = await maker.open(this.author, 'edit');
    expect(opened.vector).toEqual([]);
    await this.pass(200);
    maker.close();
  }

  async step(): Promise<void> {
    const chance = this.random.below(100);
    const writer = this.random.pick(this.writers);
    if (chance < 50) writer.write();
    else if (chance < 60) this.move(writer);
    else if (chance < 70) this.sea.cut(...this.#pair());
    else if (chance < 78) this.sea.mend();
    else if (chance < 86) this.toggle(this.random.pick(this.sea.islands));
    else if (chance < 94) await this.checkpoint();
    else await this.erase();
    await this.pass(this.random.below(300));
  }

  #pair(): [Island, Island] {
    const a = this.random.pick(this.sea.islands);
    return [a, this.random.pick(this.sea.islands.filter((other) => other !== a))];
  }

  move(writer: Writer): void {
    if (this.living.length > 0) writer.go(this.sea.connect(this.random.pick(this.living)));
  }

  toggle(island: Island): void {
    if (island.relay === undefined) this.sea.start(island);
    else island.crash();
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed <= ms; passed += 20) {
      await this.host.pass(20);
      for (const writer of this.writers) {
        writer.act();
        if (writer.client === undefined && this.random.chance(0.3)) this.move(writer);
      }
    }
  }

  async #visit(
    role: 'edit' | 'own',
  ): Promise<{ client: HostClient; opened: Awaited<ReturnType<HostClient['open']>> } | undefined> {
    if (this.living.length === 0) return undefined;
    const island = this.random.pick(this.living);
    const client = this.sea.connect(island);
    client.askOpen(this.author, role);
    for (let i = 0; i < 30 && client.of('caughtUp').length === 0 && !client.isBroken; i++) await this.pass(20);
    const [opened] = client.of('opened');
    return opened === undefined || client.of('caughtUp').length === 0 ? undefined : { client, opened };
  }

  async checkpoint(): Promise<void> {
    const visit = await this.#visit('edit');
    if (visit === undefined) return;
    const { client, opened } = visit;
    const [last] = client.of('checkpointData').slice(-1);
    const frontier = opened.vector.map(({ session, have }) => {
      const writer = this.writers.find((one) => toHex(one.session.id) === toHex(session)) as Writer;
      return { session, have, hash: writer.hashes[have - 1] as Bytes };
    });
    if (frontier.length > 0) {
      const previous = last === undefined ? {} : { previous: checkpointHash(this.author.docId, last.checkpoint) };
      const checkpoint = this.author.checkpoint(frontier, { seq: opened.checkpointSeq + 1, ...previous });
      client.send(opened.channel, { type: 'checkpoint', checkpoint });
      await this.pass(50);
    }
    client.close();
  }

  async erase(): Promise<void> {
    const visit = await this.#visit('own');
    if (visit === undefined) return;
    visit.client.send(visit.opened.channel, { type: 'order', order: this.author.order(2, this.host.seconds) });
    await this.pass(50);
    visit.client.close();
  }

  async calm(): Promise<void> {
    this.sea.mend();
    for (const island of this.sea.islands) if (island.relay === undefined) this.sea.start(island);
    for (const writer of this.writers) writer.write();
    const isDone = (): boolean => this.writers.every(({ twice, records }) => twice === records.length);
    for (let i = 0; i < 300 && !isDone(); i++) await this.pass(100);
    await this.pass(15_000);
  }

  /** Each writer comes to each host once more, with what it alone may have. */
  async visitAll(): Promise<void> {
    for (const island of this.sea.islands) {
      for (const writer of this.writers) writer.go(this.sea.connect(island));
      await this.pass(3000);
    }
    await this.pass(15_000);
  }

  /** Records that are acknowledged and that no host has. */
  async lost(): Promise<string[]> {
    const most = this.writers.map(() => 0);
    for (const island of this.sea.islands) {
      const { vector } = await this.sea.connect(island).open(this.author, 'view');
      for (const [index, { session }] of this.writers.entries()) {
        const have = vector.find((entry) => toHex(entry.session) === toHex(session.id))?.have ?? 0;
        most[index] = Math.max(most[index] ?? 0, have);
      }
    }
    return this.writers.flatMap(({ acked }, index) =>
      (most[index] ?? 0) < acked ? [`of writer ${index} ${most[index]} of ${acked} are left`] : [],
    );
  }

  /** Every host has everything that was ever written. */
  async judge(): Promise<string[]> {
    const wrong: string[] = [];
    for (const [index, { twice, acked, records }] of this.writers.entries()) {
      if (twice < records.length) wrong.push(`writer ${index} hangs at ${acked}/${twice} of ${records.length}`);
    }
    for (const island of this.sea.islands) {
      const client = this.sea.connect(island);
      const { vector } = await client.open(this.author, 'view');
      for (const [index, { session, records }] of this.writers.entries()) {
        const have = vector.find((entry) => toHex(entry.session) === toHex(session.id))?.have ?? 0;
        if (have !== records.length)
          wrong.push(`island ${island.index} has ${have} of ${records.length} of writer ${index}`);
      }
    }
    return wrong;
  }
}

async function run(seed: number, limits?: Partial<Limits>): Promise<string[]> {
  const world = new World(seed, limits);
  await world.begin();
  for (let step = 0; step < STEPS; step++) await world.step();
  await world.calm();
  return world.judge();
}

describe('hosts that keep a document together', () => {
  it(`PEER-5 to PEER-8, PEER-11: ${SEEDS} seeds from ${FIRST} on end with all of it everywhere`, {
    timeout: 1000 * Math.max(60, SEEDS * 2),
  }, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) expect(await run(seed), `seed ${seed}`).toEqual([]);
  });

  it(`PEER-7: ${SEEDS} seeds from ${FIRST} on, where each erases what the other was too long away for`, {
    timeout: 1000 * Math.max(60, SEEDS * 2),
  }, async () => {
    const wrong: string[] = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const world = new World(seed, { hostGoneMs: GONE_MS });
      for (const writer of world.writers) writer.isForgetful = true;
      await world.begin();
      for (let step = 0; step < STEPS; step++) await world.step();
      await world.calm();
      for (const one of await world.lost()) wrong.push(`seed ${seed}: ${one}`);
      await world.visitAll();
      for (const one of await world.judge()) wrong.push(`seed ${seed}: ${one}`);
    }
    expect(wrong).toEqual([]);
  });
});
