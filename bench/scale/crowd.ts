import { pool, sleep } from '../harness/pool.ts';
import { Histogram } from '../harness/stats.ts';
import { proseFor, TEXT } from '../harness/typing.ts';
import { Deliveries } from '../harness/typists.ts';
import { archipel, createRoomOn, IGNORE } from '../peers/archipel.ts';
import { ArchipelLine, type LineEvents } from '../peers/archipel-line.ts';
import { keysOf } from '../peers/archipel-room.ts';
import type { Room } from '../peers/peer.ts';
import type { Letter } from './letters.ts';
import { type SealedLetter, SealedWriter } from './sealed-writer.ts';

/** A letter as it goes over the line. */
export interface ReadyLetter extends SealedLetter {
  frame: Buffer;
}

const JOINED_AT_ONCE = 16;
const CHECK_LIMIT_MS = 30_000;

/** So many documents, and the people in each. */
export interface Group {
  documents: number;
  writers: number;
  readers: number;
}

interface Place {
  room: Room;
  /** Its writers are `first` to `first + writers - 1`. */
  first: number;
  group: Group;
}

/** All people of the load, those of one document on as many processes as there are. */
export class Crowd {
  readonly writers: SealedWriter[] = [];
  readonly #lines: ArchipelLine[] = [];
  readonly #others: number[] = [];
  readonly #places: Place[] = [];
  #isGathered = false;
  readonly deliveries = new Deliveries({ sentAt: (writer, key) => this.writers[writer]?.sentAt(key) ?? Number.NaN });
  /** From sending a record to its acknowledgement. */
  ackLatency = new Histogram();
  acknowledged = 0;
  /** Records sent, and deliveries that are due for the keys sent. */
  records = 0;
  due = 0;
  /** The first thing that a relay would not take, once all were there. */
  refusal: string | undefined;

  static async gather(groups: readonly Group[], ports: readonly number[]): Promise<Crowd> {
    const crowd = new Crowd();
    let first = 0;
    for (const group of groups) {
      for (let document = 0; document < group.documents; document++) {
        const name = `room${crowd.#places.length}`;
        crowd.#places.push({ room: { name }, first, group });
        first += group.writers;
      }
    }
    const creators = await Promise.all(ports.map((port) => ArchipelLine.connect(port, IGNORE)));
    await pool(crowd.#places.length, JOINED_AT_ONCE, async (index) => {
      const place = crowd.#places[index] as Place;
      place.room = await createRoomOn(creators[index % creators.length] as ArchipelLine, place.room.name);
      await crowd.#enter(place, index, ports);
    });
    await Promise.all(creators.map((creator) => creator.close()));
    crowd.#isGathered = true;
    return crowd;
  }

  /** Seals everything that the letters are to carry; in the order of the letters. */
  async seal(letters: readonly Letter[], source: string): Promise<ReadyLetter[]> {
    const byWriter = Map.groupBy(letters, ({ writer }) => writer);
    const ready: ReadyLetter[] = [];
    for (const [writer, own] of byWriter) {
      const typist = this.writers[writer] as SealedWriter;
      const keys = own.reduce((most, { to }) => Math.max(most, to), 0);
      const line = this.#lines[writer] as ArchipelLine;
      for (const letter of await typist.seal(own, proseFor(writer + typist.typed, source, keys))) {
        ready.push({ ...letter, frame: line.frameOf(letter.message) });
      }
    }
    return ready.sort((a, b) => a.atMs - b.atMs);
  }

  send(letter: ReadyLetter): void {
    const { writer, from, to, kind, isFirst, frame } = letter;
    this.writers[writer]?.sent(letter, performance.now());
    if (kind === 'record') this.records += 1;
    if (isFirst) this.due += (to - from) * (this.#others[writer] as number);
    this.#lines[writer]?.sendFrame(frame);
  }

  /** Somebody who comes late opens some of the documents, each by another process, and must find every key. Throws when not. */
  async check(rooms: number, ports: readonly number[]): Promise<void> {
    for (const [index, { room, first, group }] of this.#places.slice(-rooms).entries()) {
      const keys = this.writers.slice(first, first + group.writers).reduce((sum, { typed }) => sum + typed, 0);
      const port = ports[index % ports.length] as number;
      const opening = archipel.open(port, room, (document) => document.getText(TEXT).length === keys);
      const opened = await Promise.race([opening, sleep(CHECK_LIMIT_MS)]);
      if (opened === undefined) throw new Error(`${room.name} does not hold the ${keys} keys that were typed into it`);
      await opened.close();
    }
  }

  /** Person n of document d is on process d + n: two people of one document meet on one process only when there are no more. */
  async #enter(place: Place, index: number, ports: readonly number[]): Promise<void> {
    const { first, group } = place;
    const portOf = (person: number) => ports[(index + person) % ports.length] as number;
    for (let person = 0; person < group.writers; person++) {
      const writer = first + person;
      this.writers[writer] = new SealedWriter(keysOf(place.room), writer);
      this.#others[writer] = group.writers + group.readers - 1;
      this.#lines[writer] = await this.#join(place, portOf(person), writer);
    }
    await pool(group.readers, JOINED_AT_ONCE, (reader) => this.#join(place, portOf(group.writers + reader)));
  }

  async #join({ room, first, group }: Place, port: number, writer?: number): Promise<ArchipelLine> {
    const { delivered } = this.deliveries.listener(first, group.writers, writer);
    const events: LineEvents = {
      keys: delivered,
      records: () => undefined,
      ack: (session, have) => {
        const typist = writer === undefined ? undefined : this.writers[writer];
        this.acknowledged += typist?.acknowledge(session, have, this.ackLatency) ?? 0;
      },
      peers: () => undefined,
      refused: (reason) => {
        if (!this.#isGathered) throw new Error(reason);
        this.refusal ??= reason;
      },
    };
    const line = await ArchipelLine.connect(port, events);
    await line.open(keysOf(room), writer === undefined ? 'view' : 'edit');
    return line;
  }
}
