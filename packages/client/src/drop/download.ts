/** Takes a drop: header and manifest first, then the bytes of its files in order, each verified before it is given out. */
import type { Bytes, Result } from '@archipel/protocol';
import { BLOB_TICKET_BYTES, CHUNK_BYTES, checkBlobHeader, concat, encodeBase64url, fail, ok } from '@archipel/protocol';
import {
  bodySizeOf,
  chunksOf,
  type DropManifest,
  type Keys,
  openBody,
  openManifest,
  SEALED_CHUNK_BYTES,
  STREAM_HEADER_BYTES,
  type Stream,
  type Suite,
  sealedSize,
} from '@archipel/protocol/secret';
import type { BlobLine } from './blob-line.ts';
import { type CountedDrop, countingIn } from './counting.ts';
import { type DropLine, DropLines } from './lines.ts';
import { again } from './retry.ts';
import { OwnThread, type Sealer } from './sealer.ts';
import { Spans } from './spans.ts';

/** Chunks that are opened together: a span as it comes. */
const BATCH_CHUNKS = 256;
const BATCH_BYTES = BATCH_CHUNKS * SEALED_CHUNK_BYTES;

export interface DownloadDeps {
  suite: Suite;
  /** Left out: this thread. */
  sealer?: Sealer | undefined;
  wait(ms: number): Promise<void>;
  signal?: AbortSignal | undefined;
}

export interface Offer extends CountedDrop {
  manifest: DropManifest;
}

export type DropFacts = CountedDrop;

/** How long it is kept and how often it was taken. Errors: those of the relay, `host_unreachable`, `bad_header`. */
export async function readDropFacts(deps: DownloadDeps, keys: Keys, line: DropLine): Promise<Result<DropFacts>> {
  const { suite, signal } = deps;
  const got = await again(deps, () => line.ask({ method: 'GET', path: `/${line.id}/header`, role: 'view', signal }));
  if (!got.ok) return got;
  const taken = Number(got.value.headers.get('archipel-downloads') ?? 0);
  const bytes = new Uint8Array(await got.value.arrayBuffer());
  const header = await checkBlobHeader(keys.docId, bytes, suite.verify);
  return header.ok ? ok({ header: header.value, taken, counting: countingIn(got.value) }) : header;
}

/** What a drop holds; nothing is counted. Errors: those of the relay, `bad_header`, those of `openManifest`, `stream_cut` (DROP-4). */
export async function openDrop(deps: DownloadDeps, keys: Keys, line: DropLine): Promise<Result<Offer>> {
  const { suite, signal } = deps;
  const facts = await readDropFacts(deps, keys, line);
  if (!facts.ok) return facts;
  const { header } = facts.value;
  const { manifest: size, length } = header;
  const sealed = await again(deps, () => readAll(line, 0, size, signal));
  if (!sealed.ok) return sealed;
  const manifest = await openManifest(suite, keys, sealed.value);
  if (!manifest.ok) return manifest;
  const isWhole = size + sealedSize(bodySizeOf(manifest.value)) === length;
  return isWhole ? ok({ ...facts.value, manifest: manifest.value }) : fail('stream_cut');
}

/** A ticket that nobody else has: kept before `takeTicket`, it is the same download whatever is lost on the way (BLOB-11). */
export function newTicket(suite: Suite): string {
  return encodeBase64url(suite.random(BLOB_TICKET_BYTES));
}

/** Counts a download, once for a ticket; which then is for `takeBody`. Errors: those of the relay, `host_unreachable`. */
export async function takeTicket(deps: DownloadDeps, line: DropLine, ticket: string): Promise<Result<string>> {
  const { signal } = deps;
  const headers = { 'archipel-download': ticket };
  const ask = { method: 'POST', path: `/${line.id}/downloads`, role: 'view', headers, signal } as const;
  const taken = await again(deps, () => line.ask(ask));
  if (!taken.ok) return taken;
  // A host that knows nothing of tickets that are chosen says its own.
  return ok(taken.value.headers.get('archipel-download') ?? ticket);
}

function rangeOf(start: number, end: number, ticket?: string): Record<string, string> {
  return { range: `bytes=${start}-${end - 1}`, ...(ticket !== undefined && { 'archipel-download': ticket }) };
}

async function readAll(
  line: DropLine,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
  ticket?: string,
): Promise<Result<Bytes>> {
  const headers = rangeOf(start, end, ticket);
  const answer = await line.ask({ method: 'GET', path: `/${line.id}`, role: 'view', headers, signal });
  if (!answer.ok) return answer;
  const bytes = await answer.value.arrayBuffer().catch(() => undefined);
  if (bytes === undefined) return fail('host_unreachable');
  return bytes.byteLength === end - start ? ok(new Uint8Array(bytes)) : fail('stream_cut');
}

export interface Taking {
  offer: Offer;
  ticket: string;
  /** Where in the plaintext of the body to begin: what is before it is there already, or not wanted. */
  have: number;
  /** Where to end; left out: at its end. */
  until?: number | undefined;
  /** That of `openTaking`, for who takes several parts; left out: it is asked for. */
  stream?: Stream | undefined;
  /** Plaintext that follows what is there, verified. */
  write(bytes: Bytes): Promise<void>;
}

/** What any part of the body is opened with. Errors: those of the relay, `host_unreachable`, `stream_cut`, `stream_key`. */
export async function openTaking(
  deps: DownloadDeps,
  keys: Keys,
  line: DropLine,
  { offer, ticket }: Pick<Taking, 'offer' | 'ticket'>,
): Promise<Result<Stream>> {
  const { manifest: start } = offer.header;
  const head = await again(deps, () => readAll(line, start, start + STREAM_HEADER_BYTES, deps.signal, ticket));
  return head.ok ? openBody(deps.suite, keys, head.value) : head;
}

/** Errors: those of `openTaking`, `stream_forged`. */
export async function takeBody(
  deps: DownloadDeps,
  keys: Keys,
  line: BlobLine | DropLines,
  taking: Taking,
): Promise<Result<void>> {
  const stream = taking.stream === undefined ? await openTaking(deps, keys, line, taking) : ok(taking.stream);
  if (!stream.ok) return stream;
  const reading = new Reading(stream.value, taking, deps.sealer ?? new OwnThread());
  return again(
    deps,
    () => reading.from(line instanceof DropLines ? line.all : [line], deps.signal),
    () => reading.next,
  );
}

class Reading {
  readonly #stream: Stream;
  readonly #sealer: Sealer;
  readonly #taking: Taking;
  readonly #until: number;
  /** Of the body. */
  readonly #chunks: number;
  /** The chunk after the last one that is wanted. */
  readonly #end: number;
  readonly #start: number;
  /** The next chunk. */
  #next: number;
  /** Of its plaintext, what is there already. */
  #skip: number;

  constructor(stream: Stream, taking: Taking, sealer: Sealer) {
    this.#stream = stream;
    this.#sealer = sealer;
    this.#taking = taking;
    const size = bodySizeOf(taking.offer.manifest);
    this.#until = taking.until ?? size;
    this.#chunks = chunksOf(size);
    // What ends with the body is read to the chunk that says that it is the last one.
    this.#end = this.#until < size ? Math.ceil(this.#until / CHUNK_BYTES) : this.#chunks;
    this.#start = taking.offer.header.manifest + STREAM_HEADER_BYTES;
    this.#next = Math.floor(taking.have / CHUNK_BYTES);
    this.#skip = taking.have % CHUNK_BYTES;
  }

  get next(): number {
    return this.#next;
  }

  /** From all hosts that have it at once. */
  async from(lines: readonly BlobLine[], signal: AbortSignal | undefined): Promise<Result<void>> {
    const { offer, ticket } = this.#taking;
    if (this.#next >= this.#end) return ok(undefined);
    const start = this.#start + this.#next * SEALED_CHUNK_BYTES;
    const spans = new Spans(lines, { start, end: this.#sealedEnd(offer), ticket, signal });
    try {
      return await this.#readFrom(spans);
    } finally {
      spans.cancel();
    }
  }

  /** Where in the blob the last chunk ends that is wanted. */
  #sealedEnd({ header }: Offer): number {
    return Math.min(header.length, this.#start + this.#end * SEALED_CHUNK_BYTES);
  }

  async #readFrom(spans: Spans): Promise<Result<void>> {
    let held: Bytes = new Uint8Array(0);
    for (;;) {
      const next = await spans.read();
      if (!next.ok) return next;
      const isEnd = next.value.length === 0;
      let all = held.length === 0 ? next.value : concat(held, next.value);
      do {
        const { length } = all;
        const batch = all.subarray(0, isEnd ? length : BATCH_BYTES);
        const opened = await this.#open(batch, isEnd);
        if (!opened.ok) return opened;
        // What was opened as a whole may be with another thread by now.
        all = opened.value === length ? new Uint8Array(0) : all.subarray(opened.value);
      } while (all.length >= BATCH_BYTES && !isEnd);
      held = all;
      if (this.#next >= this.#end) return held.length === 0 ? ok(undefined) : fail('stream_forged');
      if (isEnd) return fail('host_unreachable');
    }
  }

  /** Whole chunks among the bytes; the last one of all only when nothing follows. How many bytes were used. */
  async #open(bytes: Bytes, isEnd: boolean): Promise<Result<number>> {
    const whole = Math.floor(bytes.length / SEALED_CHUNK_BYTES);
    const left = this.#end - this.#next;
    const expected = this.#sealedEnd(this.#taking.offer) - this.#start - this.#next * SEALED_CHUNK_BYTES;
    if (bytes.length > expected) return fail('stream_forged');
    // A line that broke within the last chunk is not an end.
    const isLast = isEnd && bytes.length === expected && this.#end === this.#chunks;
    const most = this.#end === this.#chunks ? left - 1 : left;
    const used = isLast ? bytes.length : Math.min(whole, most) * SEALED_CHUNK_BYTES;
    if (used === 0) return ok(0);
    const plain = await this.#sealer.open(this.#stream, this.#next, bytes.subarray(0, used), isLast);
    if (!plain.ok) return plain;
    const at = this.#next * CHUNK_BYTES;
    this.#next += isLast ? left : used / SEALED_CHUNK_BYTES;
    const fresh = plain.value.subarray(this.#skip, this.#until - at);
    this.#skip = 0;
    if (fresh.length > 0) await this.#taking.write(fresh);
    return ok(used);
  }
}
