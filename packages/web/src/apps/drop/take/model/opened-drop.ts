/** A drop whose link was opened: what it holds, its ticket, and the bytes of its files. */
import {
  type DownloadDeps,
  type Drop,
  leftOf,
  newTicket,
  type Offer,
  openTaking,
  type Sealer,
  type Taking,
  takeBody,
  takeTicket,
} from '@archipel/client/drop';
import { type Bytes, concat, type ErrorName, fail, mayRetry, ok, type Result } from '@archipel/protocol';
import { bodySizeOf, type DropFile, type Stream, type Suite } from '@archipel/protocol/secret';
import { signal } from '@preact/signals';
import { TakeError, type Transfer } from './transfer.ts';

/** Where tickets are remembered. */
export interface Tickets {
  held(docId: string): Promise<string | undefined>;
  /** One that is asked for from now on, or was without an answer. */
  asked(docId: string, fresh: string): Promise<string>;
  hold(docId: string, ticket: string): Promise<void>;
  drop(docId: string): Promise<void>;
  /** One at a time in this browser. */
  alone<T>(docId: string, work: () => Promise<T>): Promise<T>;
}

export interface OpenedDeps {
  suite: Suite;
  /** Left out: this thread. */
  sealer?: Sealer | undefined;
  tickets: Tickets;
}

/** Between tries when those of the client are over. */
const LATER_MS = 15_000;

export class OpenedDrop {
  readonly offer: Offer;
  /** Of each file in the body. */
  readonly starts: readonly number[];
  readonly size: number;
  /** Whether the download is counted already: what follows counts nothing. */
  readonly isCounted = signal(false);
  readonly taken = signal(0);
  readonly #deps: OpenedDeps;
  readonly #drop: Drop;
  #ticket: string | undefined;
  #stream: Stream | undefined;

  private constructor(deps: OpenedDeps, drop: Drop, offer: Offer, ticket: string | undefined) {
    this.#deps = deps;
    this.#drop = drop;
    this.offer = offer;
    this.starts = startsOf(offer.manifest.files);
    this.size = bodySizeOf(offer.manifest);
    this.taken.value = offer.taken;
    this.#ticket = ticket;
    this.isCounted.value = ticket !== undefined;
  }

  static async open(deps: OpenedDeps, drop: Drop, offer: Offer): Promise<OpenedDrop> {
    return new OpenedDrop(deps, drop, offer, await deps.tickets.held(drop.line.id));
  }

  get id(): string {
    return this.#drop.line.id;
  }

  /** Of the host where it lies. */
  get origin(): string {
    return this.#drop.line.origin;
  }

  get files(): readonly DropFile[] {
    return this.offer.manifest.files;
  }

  /** How often it may still be taken; undefined: as often as people want. */
  get left(): number | undefined {
    return leftOf({ ...this.offer, taken: this.taken.value });
  }

  /** Nobody can begin a download just now: the host that counts them does not answer. */
  get isUncounted(): boolean {
    const { header, counting } = this.offer;
    const isAway = counting?.at === 'away' || counting?.at === 'gone';
    return isAway && header.downloads > 0 && counting.left === 0 && !this.isCounted.value;
  }

  /** Counts a download unless this browser has done so already. Errors: those of the relay, `host_unreachable`. */
  async count(deps: DownloadDeps): Promise<Result<string>> {
    if (this.#ticket !== undefined) return ok(this.#ticket);
    return this.#deps.tickets.alone(this.id, async () => {
      // Another tab may have been faster.
      const held = await this.#deps.tickets.held(this.id);
      const ticket = held === undefined ? await this.#ask(deps) : ok(held);
      if (!ticket.ok) return ticket;
      if (held === undefined) {
        await this.#deps.tickets.hold(this.id, ticket.value);
        this.taken.value += 1;
      }
      this.#ticket = ticket.value;
      this.isCounted.value = true;
      return ticket;
    });
  }

  /** Whatever is lost on the way, it is one download (BLOB-11). */
  async #ask(deps: DownloadDeps): Promise<Result<string>> {
    const ticket = await this.#deps.tickets.asked(this.id, newTicket(deps.suite));
    const taken = await takeTicket(deps, this.#drop.line, ticket);
    if (taken.ok || taken.error !== 'not_allowed') return taken;
    await this.#deps.tickets.drop(this.id);
    return takeTicket(deps, this.#drop.line, await this.#deps.tickets.asked(this.id, newTicket(deps.suite)));
  }

  /** The same for a transfer. Rejects with a `TakeError`. */
  async prepare({ wait, signal }: Transfer): Promise<string> {
    const ticket = await this.count({ suite: this.#deps.suite, wait, signal });
    if (!ticket.ok) throw new TakeError(ticket.error === 'unavailable' ? 'uncounted' : ticket.error);
    return ticket.value;
  }

  /** The ticket is not honoured any more. */
  async #forgetTicket(): Promise<void> {
    this.#ticket = undefined;
    await this.#deps.tickets.drop(this.id);
  }

  /**
   * Plaintext of the body from `start` up to `end`, verified, as fast as it is read. It goes on by itself after an outage until the transfer is
   * stopped. What cannot be mended is an error of the stream (`TakeError`): it never ends early.
   */
  body(transfer: Transfer, start: number, end: number): ReadableStream<Bytes> {
    const { readable, writable } = new TransformStream<Bytes, Bytes>();
    const writer = writable.getWriter();
    this.#pump(transfer, start, end, writer)
      .then(
        () => writer.close(),
        (error: unknown) => writer.abort(error),
      )
      .catch((error: unknown) => {
        // Whoever read it has gone: that is how a stop looks from here.
        if (!transfer.isOver) transfer.fail(error instanceof TakeError ? error.code : 'not_written');
      });
    return readable;
  }

  async #pump(
    transfer: Transfer,
    start: number,
    end: number,
    writer: WritableStreamDefaultWriter<Bytes>,
  ): Promise<void> {
    let at = start;
    const write = async (bytes: Bytes): Promise<void> => {
      await transfer.mayGo();
      await writer.write(bytes);
      at += bytes.length;
      transfer.add(bytes.length);
    };
    const { suite, sealer } = this.#deps;
    const deps = { suite, sealer, wait: transfer.wait, signal: transfer.signal };
    for (let isFresh = false; at < end; ) {
      const held = this.#ticket;
      const ticket = await this.prepare(transfer);
      const result = await this.#take(deps, ticket, { have: at, until: end, write });
      if (result.ok) return;
      if (result.error === 'not_allowed' && held !== undefined && !isFresh) {
        // It is too old: from here on it is another download.
        await this.#forgetTicket();
        isFresh = true;
      } else if (passes(result.error)) await transfer.wait(LATER_MS);
      else throw new TakeError(result.error);
    }
  }

  async #take(
    deps: DownloadDeps,
    ticket: string,
    part: Pick<Taking, 'have' | 'until' | 'write'>,
  ): Promise<Result<void>> {
    const { keys, line } = this.#drop;
    const taking = { offer: this.offer, ticket, ...part };
    if (this.#stream === undefined) {
      const stream = await openTaking(deps, keys, line, taking);
      if (!stream.ok) return stream;
      this.#stream = stream.value;
    }
    return takeBody(deps, keys, line, { ...taking, stream: this.#stream });
  }

  /** A part of a file, into memory. Errors: those of `count` and of `takeBody`. */
  async read(
    deps: Omit<DownloadDeps, 'suite' | 'sealer'>,
    index: number,
    from: number,
    to: number,
  ): Promise<Result<Bytes>> {
    const start = this.starts[index] ?? 0;
    if (from >= to) return ok(new Uint8Array());
    const all = { ...deps, suite: this.#deps.suite, sealer: this.#deps.sealer };
    const ticket = await this.count(all);
    if (!ticket.ok) return ticket;
    const parts: Bytes[] = [];
    const write = async (bytes: Bytes): Promise<void> => void parts.push(bytes);
    const done = await this.#take(all, ticket.value, { have: start + from, until: start + to, write });
    return done.ok ? ok(concat(...parts)) : fail(done.error);
  }
}

/** What may be over in a while. */
function passes(error: ErrorName): boolean {
  return error === 'host_unreachable' || mayRetry(error);
}

function startsOf(files: readonly DropFile[]): number[] {
  let at = 0;
  return files.map(({ size }) => {
    at += size;
    return at - size;
  });
}
