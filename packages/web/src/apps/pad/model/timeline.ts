import * as Y from 'yjs';
import { Ages, NEVER } from './ages.ts';
import { authorNotes, readNote } from './authors.ts';
import { type ImportedMoment, importedMoments, readImported } from './imported.ts';
import type { Moment, PastPerson, PastVersion } from './past.ts';
import { groupPeople } from './past.ts';
import { PastBlocks } from './past-blocks.ts';
import type { PastDrawing } from './past-text.ts';
import { readVersions } from './versions.ts';

export interface TimelineStep {
  /** In hexadecimal. */
  session: string;
  n: number;
  update: Uint8Array;
}

interface Step {
  session: string;
  n: number;
  /** Number in Yjs of the program that made it. */
  client: number;
  /** Unix seconds; 0 when nobody noted it. */
  at: number;
  /** What the file that it came in with says of it. */
  imported?: ImportedMoment;
}

/** Greater numbers are made from a place in the document (`spare-id.ts`): nobody's program has one. */
const PROGRAM_MAX = 2 ** 32;

/**
 * The whole past of a pad. Everything that was ever typed is in one Yjs document that throws nothing away, and of each sign
 * it is known with which step it came and went (`Ages`): so the text of any moment, and what differs between any two, is one walk
 * over the document, wherever in the past they lie. Nothing is replayed, and no copies of earlier states are kept.
 *
 * Moment 0 is before the first step; moment n is after step n.
 */
export class Timeline {
  readonly ydoc = new Y.Doc({ gc: false });
  readonly #ages = new Map<number, Ages>();
  readonly #steps: Step[] = [];
  readonly #clients = new Map<string, number>();
  #people: { people: PastPerson[]; byClient: Map<number, number> } = { people: [], byClient: new Map() };
  /** Undefined: what was drawn before holds no more. */
  #blocks: PastBlocks | undefined;

  /** Adds steps in their order. Throws a RangeError `too_large`; a step that is no update changes nothing. */
  add(steps: readonly TimelineStep[]): void {
    this.#blocks = undefined;
    this.ydoc.transact(() => {
      for (const step of steps) this.#add(step);
    });
  }

  #add({ session, n, update }: TimelineStep): void {
    const number = this.#steps.length + 1;
    let most = { client: this.#clients.get(session), length: 0 };
    try {
      const { structs, ds } = Y.decodeUpdate(update);
      for (const struct of structs) {
        const { id, length } = struct;
        if (struct instanceof Y.Skip) continue;
        const fresh = this.#agesOf(id.client).insert(id.clock, length, number);
        const isProgram = id.client < PROGRAM_MAX;
        if (isProgram && fresh > most.length && !this.#clients.has(session))
          most = { client: id.client, length: fresh };
      }
      for (const [client, gone] of ds.clients) {
        for (const { clock, len } of gone) this.#agesOf(client).delete(clock, len, number);
      }
      Y.applyUpdate(this.ydoc, update);
    } catch (error) {
      if (error instanceof RangeError) throw error;
    }
    const { client } = most;
    if (client !== undefined) this.#clients.set(session, client);
    this.#steps.push({ session, n, client: client ?? 0, at: 0 });
  }

  #agesOf(client: number): Ages {
    const known = this.#ages.get(client);
    if (known !== undefined) return known;
    const ages = new Ages();
    this.#ages.set(client, ages);
    return ages;
  }

  /**
   * The text as it is now: what no step brought was there before the first one (the history was erased), or, when it continues what
   * a step brought or comes from this program, it has not reached the host: then it is one more step.
   */
  finish(state: Uint8Array, ownClient: number): void {
    this.#blocks = undefined;
    const ends = new Map([...this.#ages].map(([client, { end }]) => [client, end]));
    Y.applyUpdate(this.ydoc, state);
    const now = this.#steps.length + 1;
    let isNew = false;
    for (const [client, structs] of this.ydoc.store.clients) {
      const ages = this.#agesOf(client);
      const known = ends.get(client) ?? (client === ownClient && now > 1 ? 0 : Number.POSITIVE_INFINITY);
      for (const { id, length, deleted } of structs) {
        const waits = paintUnknown(ages, id.clock, length, known, now);
        const gone = deleted ? ages.delete(id.clock, length, (ages.inserted[id.clock] ?? 0) === 0 ? 0 : now) : 0;
        isNew ||= waits > 0 || (gone > 0 && (ages.inserted[id.clock] ?? 0) > 0);
      }
    }
    if (isNew) this.#steps.push({ session: '', n: 0, client: ownClient, at: 0 });
    this.#readNotes();
  }

  #readNotes(): void {
    const notes = authorNotes(this.ydoc);
    const latest = new Map<number, ReturnType<typeof readNote>>();
    for (const [key, item] of notes._map) {
      const client = Number(key);
      latest.set(client, readNote(notes.get(key), client));
      for (let each: Y.Item | null = item; each !== null; each = each.left) {
        const [value] = each.content instanceof Y.ContentAny ? each.content.arr : [];
        const step = this.#steps[(this.stepOf(each.id) ?? 0) - 1];
        const { at = 0, source } = value === undefined ? {} : readNote(value, client);
        if (step !== undefined && source === undefined) step.at = Math.max(step.at, at);
      }
    }
    this.#readImported();
    let at = 0;
    for (const step of this.#steps) {
      at = Math.max(at, step.at);
      step.at = at;
    }
    const clients = this.#steps.map(({ client, imported }) => imported?.client ?? client);
    this.#people = groupPeople([...new Set(clients)], latest);
  }

  #readImported(): void {
    const moments = importedMoments(this.ydoc);
    for (const [key, item] of moments._map) {
      const step = this.#steps[(this.stepOf(item.id) ?? 0) - 1];
      const imported = readImported(moments.get(key));
      if (step !== undefined && imported !== undefined) step.imported = imported;
    }
  }

  /** The step that brought what has this id; 0: it was there before the first. */
  stepOf({ client, clock }: Y.ID): number | undefined {
    const step = this.#ages.get(client)?.inserted[clock];
    return step === undefined || step === NEVER ? undefined : step;
  }

  get length(): number {
    return this.#steps.length;
  }

  get people(): readonly PastPerson[] {
    return this.#people.people;
  }

  /** One per step. */
  moments(): Moment[] {
    return this.#steps.map(({ client, at, imported }) => {
      const person = this.#people.byClient.get(imported?.client ?? client) ?? 0;
      return { at, person, ...(imported && { claimed: imported.at }) };
    });
  }

  /** Those that still lie in the history, in its order. */
  versions(): PastVersion[] {
    const byRecord = new Map(this.#steps.map(({ session, n }, index) => [`${session} ${n}`, index + 1]));
    return readVersions(this.ydoc).flatMap(({ id, name, record, item }) => {
      const step = record === undefined ? item && this.stepOf(item) : byRecord.get(`${record.session} ${record.n}`);
      return step === undefined || step === 0 ? [] : { id, name, step };
    });
  }

  /** The record of a step, as a version names it; undefined for what has not reached the host. */
  recordOf(step: number): { session: string; n: number } | undefined {
    const { session, n } = this.#steps[step - 1] ?? { session: '', n: 0 };
    return session === '' ? undefined : { session, n };
  }

  /** The last moment at which nothing was there beyond this state vector (Yjs, encoded). */
  momentOf(stateVector: Uint8Array): number {
    const seen = Y.decodeStateVector(stateVector);
    let first = this.length + 1;
    for (const [client, ages] of this.#ages) {
      for (let clock = seen.get(client) ?? 0; clock < ages.end; clock += 1) {
        const step = ages.inserted[clock] ?? NEVER;
        if (step > 0 && step < first) first = step;
      }
    }
    return first - 1;
  }

  /** The text at a moment. With `since`, an earlier moment: what was added and removed between them is marked. */
  at(step: number, since?: number): PastDrawing {
    this.#blocks ??= new PastBlocks(this.ydoc, {
      ages: (client) => this.#agesOf(client),
      personOf: (client) => this.#people.byClient.get(client) ?? 0,
    });
    return this.#blocks.at(step, since ?? step);
  }
}

/** What was not known: from `known` on it is of now, below it of before. How many are of now. */
function paintUnknown(ages: Ages, clock: number, length: number, known: number, now: number): number {
  const before = Math.min(length, Math.max(0, known - clock));
  ages.insert(clock, before, 0);
  return ages.insert(clock + before, length - before, now);
}
