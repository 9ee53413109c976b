/** Several processes, an unreliable bus, people, a forger and an owner: whatever happens, by seed. Every state in memory must be that of the store. */
import { isDeepStrictEqual } from 'node:util';
import type { Bytes, Opened } from '@archipel/protocol';
import { equal } from '@archipel/protocol';
import { type SeededRandom, seededRandom } from '@archipel/testkit/host';
import { describe, expect, it } from 'vitest';
import { Author, makeKey } from './support/author.ts';
import { Person, View } from './support/crowd.ts';
import type { HostClient, HostProcess } from './support/host.ts';
import { Host } from './support/host.ts';

/** ARCHIPEL_SHARED_SEEDS=5000 more, ARCHIPEL_SHARED_FIRST=1234 from another one on. */
const SEEDS = Number(process.env.ARCHIPEL_SHARED_SEEDS ?? 60);
const FIRST = Number(process.env.ARCHIPEL_SHARED_FIRST ?? 1);
const STEPS = 80;
const CALM_STEPS = 300;
const LIMITS = {
  slowReaderBytes: 500,
  verifyDelayMs: 300,
  documentGraceMs: 200,
  sharedPollMs: 1500,
  sweepIntervalMs: 500,
  slowReaderMs: 20_000,
  createsBurstPerPrefix: 1000,
};

class World {
  readonly random: SeededRandom;
  readonly host: Host;
  readonly author: Author;
  readonly complaints: string[] = [];
  readonly people: Person[] = [];
  readonly forged = new Set<string>();
  readonly processes: (HostProcess | undefined)[] = [];
  readonly trace: string[] = [];
  readonly #offered: Pick<Author, 'header' | 'headerBytes' | 'edit' | 'read'>[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.host = new Host({ ...LIMITS, pageBytes: this.random.pick([400, 1500, 100_000]) });
    this.author = new Author({ retention: this.random.chance(0.3) ? 2 : 0 });
  }

  complain = (what: string): void => void this.complaints.push(`${this.host.clock.now() % 1e6} ${what}`);

  isForged = (record: Bytes): boolean => this.forged.has(Buffer.from(record).toString('latin1'));

  async begin(): Promise<void> {
    const count = this.random.chance(0.4) ? 3 : 2;
    for (let index = 0; index < count; index++) this.processes.push(this.start());
    const maker = this.host.connect(this.processes[0] as HostProcess);
    await maker.create(this.author);
    maker.close();
    for (let index = 0; index < 2 + this.random.below(3); index++) {
      this.people.push(new Person(`p${index}`, this.host, this.author, this.isForged, this.complain));
    }
  }

  start(): HostProcess {
    const process = this.host.start();
    process.bus.lets = () => !this.random.chance(0.3);
    return process;
  }

  get living(): HostProcess[] {
    return this.processes.filter((process) => process !== undefined);
  }

  async step(): Promise<void> {
    const person = this.random.pick(this.people);
    const chance = this.random.below(100);
    if (chance < 45) person.write(20 + this.random.below(100));
    else if (chance < 57) this.move(person);
    else if (chance < 62 && person.client !== undefined) person.client.bufferedBytes = 5000;
    else if (chance < 67) this.toggle();
    else if (chance < 69) this.restart();
    else if (chance < 75) this.late();
    else if (chance < 78) this.host.commitMs = this.random.pick([1, 5, 60, 300]);
    else if (chance < 80) this.host.disk.full = !this.host.disk.full;
    else if (chance < 90) await this.checkpoint();
    else if (chance < 93) await this.forge();
    else await this.govern();
    this.trace.push(`${this.host.clock.now() % 1e6} ${person.name} ${chance}`);
    await this.pass(this.random.below(400));
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed <= ms; passed += 20) {
      await this.host.pass(20);
      this.#lookUpHeader();
      for (const person of this.people) {
        person.act();
        if (person.client !== undefined && this.random.chance(0.05)) person.client.drain();
        if (person.client === undefined && this.random.chance(0.1)) this.move(person);
      }
    }
  }

  move(person: Person): void {
    const { living } = this;
    if (living.length > 0) person.connect(this.random.pick(living), this.random.chance(0.3));
  }

  /** A process dies, or is there again. */
  toggle(): void {
    const index = this.random.below(this.processes.length);
    const process = this.processes[index];
    this.processes[index] = process === undefined ? this.start() : undefined;
    process?.crash();
  }

  restart(): void {
    const index = this.random.below(this.processes.length);
    void this.processes[index]?.relay.stop();
    this.processes[index] = this.start();
  }

  /** Something that the bus kept arrives, perhaps long after. */
  late(): void {
    for (const { bus } of this.living) if (bus.kept.length > 0) bus.arrive(this.random.below(bus.kept.length));
  }

  /** Somebody who comes by, does something and goes. */
  async visit(role: 'edit' | 'own', work: (client: HostClient, channel: number, view: View) => void): Promise<void> {
    const { living } = this;
    if (living.length === 0) return;
    const view = new View(this.author, this.isForged, this.complain);
    const reader = this.host.connect(this.random.pick(living));
    reader.askOpen(this.author, role);
    for (let i = 0; i < 50 && reader.of('caughtUp').length === 0; i++) await this.pass(20);
    if (reader.of('caughtUp').length === 0) return reader.close();
    for (const message of reader.received) view.hear(message);
    const at = this.host.connect(this.random.pick(this.living.length > 0 ? this.living : living));
    at.askOpen(this.author, role);
    for (let i = 0; i < 50 && at.of('opened').length === 0; i++) await this.pass(20);
    const [opened] = at.of('opened');
    if (opened !== undefined) work(at, opened.channel, view);
    await this.pass(this.random.below(200));
    reader.close();
    if (this.random.chance(0.7)) at.close();
  }

  checkpoint(): Promise<void> {
    return this.visit('edit', (client, channel, view) => {
      if (view.heads.size === 0) return;
      const { frontier, fields } = view.nextCheckpoint();
      client.send(channel, { type: 'checkpoint', checkpoint: this.author.checkpoint(frontier, fields) });
    });
  }

  /** REC-5: some good records, and then some that nobody signed rightly. */
  forge(): Promise<void> {
    return this.visit('edit', (client, channel) => {
      const session = this.author.session();
      for (let n = this.random.below(3); n > 0; n--) client.append(channel, session.record());
      for (let n = 1 + this.random.below(2); n > 0; n--) {
        const record = session.record({ key: makeKey() });
        this.forged.add(Buffer.from(record).toString('latin1'));
        client.append(channel, record);
      }
    });
  }

  /** The owner erases, gives more time, or renews the links. */
  govern(): Promise<void> {
    const chance = this.random.below(100);
    return this.visit('own', (client, channel) => {
      const { author, host } = this;
      if (chance < 50) return client.send(channel, { type: 'order', order: author.order(2, host.seconds) });
      const now = { header: author.header, headerBytes: author.headerBytes, edit: author.edit, read: author.read };
      if (chance > 85) Object.assign(author, { edit: makeKey(), read: makeKey() });
      const { edit, read } = author;
      const gen = author.header.gen + (chance > 85 ? 1 : 0);
      const expiry = host.seconds + 100_000 + this.random.below(1000);
      author.nextHeader({ edit: edit.public, read: read.public, gen, expiry });
      client.send(channel, { type: 'header', header: author.headerBytes });
      this.#offered.push({ header: author.header, headerBytes: author.headerBytes, edit, read });
      Object.assign(author, now);
    });
  }

  /** Which header the document has, the store tells. */
  #lookUpHeader(): void {
    const stored = this.host.disk.load(this.author.docId, 1);
    if (typeof stored === 'string') return;
    const taken = this.#offered.find(({ headerBytes }) => equal(headerBytes, stored.header));
    if (taken !== undefined) Object.assign(this.author, taken);
  }

  /** All works again, until everybody has saved everything and heard of it. */
  async calm(): Promise<void> {
    const { host, processes } = this;
    host.commitMs = 1;
    host.disk.full = false;
    for (const [index, process] of processes.entries()) processes[index] = process ?? this.start();
    for (const { bus } of this.living) bus.lets = () => true;
    for (let i = 0; i < CALM_STEPS && !this.people.every(({ isSaved }) => isSaved); i++) await this.pass(100);
    for (let i = 0; i < 60; i++) {
      for (const { client } of this.people) client?.drain();
      await this.pass(100);
    }
  }

  /** What somebody is served who comes to this process now. */
  async servedBy(process: HostProcess): Promise<{ opened: Opened; records: Bytes[]; view: View }> {
    const client = this.host.connect(process);
    client.askOpen(this.author, 'edit');
    for (let i = 0; i < 100 && client.of('caughtUp').length === 0; i++) {
      client.drain();
      await this.host.pass(20);
    }
    const [opened] = client.of('opened');
    if (opened === undefined) throw new Error('not opened');
    const view = new View(this.author, this.isForged, this.complain);
    for (const message of client.received) view.hear(message);
    client.close();
    return { opened, records: client.records(), view };
  }

  async judge(): Promise<string[]> {
    const { complaints, people } = this;
    for (const { name, isSaved, writing } of people) {
      if (!isSaved) this.complain(`${name} hangs at ${writing.acked} of ${writing.records.length}`);
    }
    const truth = await this.servedBy(this.host.start());
    for (const [index, process] of this.living.entries()) {
      const { opened, records } = await this.servedBy(process);
      const differs = (['checkpointSeq', 'vector', 'header'] as const).filter(
        (name) => !isDeepStrictEqual(opened[name], truth.opened[name]),
      );
      if (differs.length > 0) this.complain(`process ${index} differs in ${differs}`);
      if (!isDeepStrictEqual(records, truth.records)) this.complain(`process ${index} serves other records`);
    }
    for (const person of people) {
      for (const [key, { have }] of truth.view.heads) {
        const seen = person.view.heads.get(key)?.have ?? 0;
        if (seen !== have) this.complain(`${person.name} holds ${seen} of ${have} of ${key.slice(0, 8)}`);
      }
      for (const lost of this.#lostOf(person, truth.view)) this.complain(`${person.name} lost ${lost}`);
    }
    return complaints;
  }

  /** Acknowledged, and neither in the store nor covered by the checkpoint nor of a session that was retired. */
  #lostOf(person: Person, { heads, checkpoint }: View): string[] {
    const { records } = this.host.disk.read({ docId: this.author.docId, num: 0 }, 0, Number.MAX_SAFE_INTEGER);
    const stored = new Set(records.map(({ body }) => Buffer.from(body).toString('latin1')));
    return person.acknowledged.flatMap(({ session, records: saved }) => {
      const isRetired = !heads.has(Buffer.from(session.id).toString('hex')) && (checkpoint?.retired ?? 0) > 0;
      const covered = checkpoint?.frontier.find((entry) => equal(entry.session, session.id))?.have ?? 0;
      const lost = saved.filter(
        (record, n) => !isRetired && n >= covered && !stored.has(Buffer.from(record).toString('latin1')),
      );
      return lost.map(() => Buffer.from(session.id).toString('hex').slice(0, 8));
    });
  }
}

async function run(seed: number): Promise<string[]> {
  const world = new World(seed);
  await world.begin();
  for (let step = 0; step < STEPS; step++) await world.step();
  await world.calm();
  return world.judge();
}

describe('processes that serve one document', () => {
  it(`CON-5, CON-7, CHK-2 to CHK-4, REC-3, REC-5: ${SEEDS} seeds from ${FIRST} on end with one state everywhere`, {
    timeout: 1000 * Math.max(60, SEEDS),
  }, async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) expect(await run(seed), `seed ${seed}`).toEqual([]);
  });
});
