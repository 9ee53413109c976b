/**
 * Moves all documents of a store to another one. While the source is in use they are copied in the background, then once more those that
 * changed meanwhile, until few are left; then whoever uses it is suspended for a moment, the rest is copied, and the stores change places.
 *
 * The move is done at one instant, when the source says that it has `left`: the target has everything on its disk by then. Before it the
 * source serves whatever happens, after it the target does, and a host opens no store that does not serve.
 */
import { randomBytes } from 'node:crypto';
import type { Bytes } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { Pace, ToCopy } from './copier.ts';
import { Copier } from './copier.ts';
import type { NotedChange } from './gate.ts';
import type { Before, Stores } from './move-claim.ts';
import { claimStores, isServing } from './move-claim.ts';
import { answered, MoveError } from './move-error.ts';
import type { MovableStore, Standing } from './moving.ts';
import type { StoreFailure } from './store.ts';

const LIST_PAGE = 500;
const RETRY_MS = 500;
const ID_BYTES = 8;

/** While people type: half of the time belongs to them, and nothing holds up a commit for long. */
const GENTLE = { lanes: 2, pageBytes: 64 * 1024, restPerWork: 1 };
/** While they wait, or nobody does. */
const SWIFT = { lanes: 4, pageBytes: 256 * 1024, restPerWork: 0 };

/** What changed during the first copy may be much; afterwards each round is shorter than the one before. */
const MIN_ROUNDS = 2;
/** From here on people are not spared any more, or the copy would never catch up. */
const SWIFT_ROUND = 4;
const MAX_ROUNDS = 40;
const COUNTED_AGAIN_MAX = 1_000_000;
/** People are suspended when what is left takes no longer than this, and after all rounds this. */
const REST_MAX_MS = 300;
const LAST_REST_MAX_MS = 2500;
const TOO_BUSY =
  'More documents change than can be copied meanwhile. Try again when fewer people write, or stop the host and move them then.';

export interface MoveProgress {
  phase: 'copying' | 'files' | 'catching up' | 'switching';
  /** Copied, of so many; those that are copied again are not counted again. */
  documents: number;
  total: number;
  records: number;
  bytes: number;
  /** Of files: bytes that are there, of so many. */
  fileBytes: number;
  fileTotal: number;
}
/** What went along with the documents. */
export interface Carried {
  drops: number;
  dropBytes: number;
  inboxes: number;
}
export type CarryReport = (bytes: number, total: Carried) => void;
/** What goes along. Rejects with MoveError. */
export interface Luggage {
  /** Before anything is begun. `serves`: the target is no old copy of anything. */
  check(serves: boolean): Promise<void>;
  /** While people go on. */
  copy(report: CarryReport, signal: AbortSignal): Promise<void>;
  /** When all documents are there, and nothing changes any more: the rest. */
  finish(report: CarryReport, signal: AbortSignal): Promise<Carried>;
}
export interface MoveDone extends Omit<MoveProgress, 'phase' | 'fileBytes' | 'fileTotal'> {
  /** How long whoever uses the source was suspended, until the target served. */
  pausedMs: number;
  /** What went along, or stays where it was, by name. */
  files: string[];
  /** Undefined: nothing goes along. */
  carried: Carried | undefined;
}
/** Who uses the source while it is copied. */
export interface SourceUser {
  /** From now on changes are noted. */
  note(): Promise<void>;
  readonly noted: number;
  takeNoted(): NotedChange[];
  /** Nothing changes the source from here on. */
  suspend(): Promise<void>;
}
export interface MoveOptions extends Stores {
  /** Undefined: nobody. */
  user: SourceUser | undefined;
  clock: Clock;
  report(progress: MoveProgress): void;
  luggage?: Luggage;
  /** When all documents are there, and nothing changes any more: copies what belongs to them, and says its names. Throws MoveError. */
  carry?: () => string[];
  /** Cancels it, unless it is done already. */
  signal: AbortSignal;
  /** The process is about to end: a store that does not answer is not waited for. */
  isStopping(): boolean;
}

/**
 * Claims both stores, and leaves it to the caller to close one of them and to `unclaim` the other, whatever comes out. Rejects with
 * MoveError.
 */
export async function moveDocuments(options: MoveOptions): Promise<MoveDone> {
  const move = new Move(options, await claimStores(options));
  try {
    return await move.run();
  } catch (error) {
    if (!(error instanceof MoveError && error.serves === 'nobody')) await move.undo();
    throw error;
  }
}

/** Two lanes at one document would get in each other's way. */
function eachOnce(items: readonly ToCopy[]): ToCopy[] {
  const byId = new Map<string, ToCopy>();
  for (const item of items) {
    const key = Buffer.from(item.docId).toString('latin1');
    // What only grew since it was noted may be what was not copied yet.
    if (!byId.has(key) || item.change !== 'grown') byId.set(key, item);
  }
  return [...byId.values()];
}

class Move {
  readonly #options: MoveOptions;
  readonly #before: Before;
  readonly #id: string;
  readonly #copier: Copier;
  readonly #progress: MoveProgress = {
    phase: 'copying',
    documents: 0,
    total: 0,
    records: 0,
    bytes: 0,
    fileBytes: 0,
    fileTotal: 0,
  };
  /** To be copied again, besides those that were noted. */
  #restless: ToCopy[] = [];
  /** Milliseconds for a document, without rests, in the last round. */
  #copyMs = 0;
  /** The source may say that it is about to leave. */
  #isLeaving = false;

  constructor(options: MoveOptions, before: Before) {
    this.#options = options;
    this.#before = before;
    this.#id = `${before.source.store}.${randomBytes(ID_BYTES).toString('hex')}`;
    this.#copier = new Copier(options);
  }

  async run(): Promise<MoveDone> {
    const { user, clock, source, target, from, to, luggage, signal } = this.#options;
    await luggage?.check(this.#before.target.kind === 'serving');
    await this.#stand(target, 'filling');
    answered(await target.clear(), to);
    await user?.note();
    this.#progress.total = answered(await source.count(), from);
    await this.#copyAll(user === undefined ? SWIFT : GENTLE);
    await luggage?.copy((fileBytes, { dropBytes }) => this.#reportFiles(fileBytes, dropBytes), signal);
    this.#copier.checkSignal();
    if (user !== undefined) await this.#catchUp(user);
    this.#copier.checkSignal();
    const suspendedMs = clock.now();
    this.#enter('switching');
    await user?.suspend();
    await this.#stand(source, 'leaving');
    await this.#copyRest();
    await this.#stand(target, 'filled');
    const carried = await luggage?.finish(() => undefined, signal);
    this.#copier.checkSignal();
    const files = this.#options.carry?.() ?? [];
    await this.#changePlaces();
    const { phase: _phase, fileBytes: _bytes, fileTotal: _total, ...done } = this.#progress;
    return { ...done, files, carried, pausedMs: clock.now() - suspendedMs };
  }

  #enter(phase: MoveProgress['phase']): void {
    this.#progress.phase = phase;
    this.#report();
  }

  #reportFiles(fileBytes: number, fileTotal: number): void {
    Object.assign(this.#progress, { phase: 'files', fileBytes, fileTotal });
    this.#report();
  }

  #report(): void {
    this.#options.report({ ...this.#progress });
  }

  async #copyAll(pace: Pace): Promise<void> {
    const { source, from } = this.#options;
    this.#report();
    for (let after: Bytes | undefined; ; ) {
      const docIds = answered(await source.list(after, LIST_PAGE), from);
      const items = docIds.map((docId) => ({ docId, change: undefined }));
      const restless = await this.#copier.copy(items, pace, ({ records, bytes }) => {
        this.#progress.documents += 1;
        this.#progress.records += records;
        this.#progress.bytes += bytes;
        this.#report();
      });
      this.#restless.push(...restless);
      after = docIds.at(-1);
      if (docIds.length < LIST_PAGE) return;
    }
  }

  async #catchUp(user: SourceUser): Promise<void> {
    this.#enter('catching up');
    for (let round = 0; ; round++) {
      const restMs = (user.noted + this.#restless.length) * this.#copyMs;
      if (round >= MIN_ROUNDS && restMs <= (round < MAX_ROUNDS ? REST_MAX_MS : LAST_REST_MAX_MS)) return;
      if (round === MAX_ROUNDS) throw new MoveError(TOO_BUSY);
      await this.#copyNoted(round < SWIFT_ROUND ? GENTLE : SWIFT);
    }
  }

  /** Nobody changes the source any more; what it still removes by itself comes to an end. */
  async #copyRest(): Promise<void> {
    const { user, source, target, from, to } = this.#options;
    for (let round = 0; (user?.noted ?? 0) + this.#restless.length > 0; round++) {
      if (round === MAX_ROUNDS) throw new MoveError(`Somebody else changes the documents in ${from}.`);
      await this.#copyNoted(SWIFT);
      if (this.#restless.length > 0) await this.#copier.pause(RETRY_MS);
    }
    // Each was listed, or noted when it was made. Of very many it is not counted again: people wait.
    if (this.#progress.total > COUNTED_AGAIN_MAX) return;
    const [here, there] = [answered(await source.count(), from), answered(await target.count(), to)];
    if (here !== there) throw new MoveError(`There are ${here} documents in ${from}, and ${there} arrived in ${to}.`);
  }

  async #copyNoted(pace: Pace): Promise<void> {
    const { clock, user } = this.#options;
    const items = eachOnce([...this.#restless, ...(user?.takeNoted() ?? [])]);
    const beganMs = clock.now();
    this.#restless = await this.#copier.copy(items, pace, () => undefined);
    if (items.length > 0) this.#copyMs = (clock.now() - beganMs) / items.length / (1 + pace.restPerWork);
  }

  async #changePlaces(): Promise<void> {
    const { source, target, from, to } = this.#options;
    this.#copier.checkSignal();
    const left = await this.#setStanding(source, 'left');
    // When the answer was lost it may have left all the same.
    if (left !== 'set' && !(await this.#hasLeft())) throw new MoveError(`There is no answer from ${from}.`);
    while ((await this.#setStanding(target, 'serving')) !== 'set') {
      await this.#waitForAnswer(`All documents are in ${to}, but there is no answer from it.`);
    }
  }

  /** Unless it has left, the source serves from here on. */
  async #hasLeft(): Promise<boolean> {
    const { source, from } = this.#options;
    for (;;) {
      const now = await source.standing();
      if (typeof now !== 'string' && now.kind === 'left') return true;
      // Also when it serves already: what was asked before, and may still be on its way to a database, does not hold any more.
      if (typeof now !== 'string' && (await source.setStanding(this.#before.source, now.changes)) === 'set') {
        this.#isLeaving = false;
        return false;
      }
      await this.#waitForAnswer(
        `There is no answer from ${from}, which may or may not have handed over its documents.`,
      );
    }
  }

  async #waitForAnswer(trouble: string): Promise<void> {
    const { clock, isStopping } = this.#options;
    if (isStopping()) throw new MoveError(`${trouble} Type the same command again when there is.`, 'nobody');
    await new Promise<void>((resolve) => clock.setTimeout(resolve, RETRY_MS));
  }

  /** The target is empty again, and may be opened when it could be before. */
  async undo(): Promise<void> {
    const { target } = this.#options;
    if (this.#isLeaving && (await this.#hasLeft())) throw new Error('a move that is done cannot be undone');
    const now = await target.standing();
    // What does not answer stays `filling`: the next move begins there anew.
    if (typeof now === 'string' || (await target.clear()) !== 'cleared') return;
    if (isServing(this.#before.target)) await target.setStanding(this.#before.target, now.changes);
  }

  async #stand(store: MovableStore, kind: Standing['kind']): Promise<void> {
    const { source, from, to } = this.#options;
    answered(await this.#setStanding(store, kind), store === source ? from : to);
  }

  async #setStanding(store: MovableStore, kind: Standing['kind']): Promise<'set' | StoreFailure> {
    const { source, from, to, clock } = this.#options;
    const now = await store.standing();
    if (typeof now === 'string') return now;
    if (store === source) this.#isLeaving = true;
    const place = store === source ? to : from;
    const standing = { kind, move: this.#id, place, at: Math.floor(clock.now() / 1000) };
    const outcome = await store.setStanding(standing, now.changes);
    // Nobody else may set it while it is claimed.
    return outcome === 'conflict' ? 'unavailable' : outcome;
  }
}
