/** The parts of an upload: what is sealed and remembered before it is sent (STREAM-4). */
import type { Bytes, ErrorName, Result } from '@archipel/protocol';
import { CHUNK_BYTES, encodeBase64url, fail, ok, TAG_BYTES } from '@archipel/protocol';
import {
  SEALED_CHUNK_BYTES,
  STREAM_HEADER_BYTES,
  type Stream,
  type Suite,
  sealedSize,
} from '@archipel/protocol/secret';
import type { Body } from './body.ts';
import { OwnThread, type Sealer } from './sealer.ts';

/** Of a part: 4 MiB of plaintext. */
const PART_CHUNKS = 256;
/** More than can be on the way: 16 MiB at the relay (BLOB-5), and what the systems of both sides hold, which on a fast line was 90 MB. */
const KEPT_PARTS = 64;
const PIECE_BYTES = 2 ** 20;
const AHEAD_PARTS = 2;
const PART_PLAIN_BYTES = PART_CHUNKS * CHUNK_BYTES;
const PART_SEALED_BYTES = PART_CHUNKS * SEALED_CHUNK_BYTES;

/** What is kept while an upload is under way: it holds the secret of the drop. All but numbers in base64url. */
export interface UploadState {
  /** Of the host that was asked where it shall lie; left out: the one where it does. */
  asked?: string;
  origin: string;
  /** To own. */
  link: string;
  header: string;
  /** Sealed. */
  manifest: string;
  salt: string;
  identities: string[];
  /** Parts of which the relay has not said that it has them, and the digests of their tags (STREAM-4). */
  parts: { number: number; digest: string }[];
  /** Uploads that were given up and still take room on their hosts, with their links to own. */
  left?: { origin: string; link: string }[];
}

/** Where an upload remembers how far it is; `save` resolves when it would outlive the process. */
export interface UploadJournal {
  load(): Promise<UploadState | undefined>;
  save(state: UploadState): Promise<void>;
  clear(): Promise<void>;
}

/** What parts are made of. */
export interface PartSource {
  state: UploadState;
  stream: Stream;
  /** Sealed manifest and the header of the body: what stands before the first chunk. */
  front: Bytes;
  body: Body;
  total: number;
  memory: PartMemory;
}

export interface PartDeps {
  suite: Suite;
  /** Left out: this thread. */
  sealer?: Sealer | undefined;
  onProgress(bytes: number, total: number): void;
}

/** The parts of one request: two are sealed and remembered while the one before travels. */
export class Parts {
  readonly #deps: PartDeps;
  readonly #job: PartSource;
  /** Parts that may still be begun. */
  #left: number;
  #offset: number;
  /** Where the next part begins that is not prepared yet. */
  #ahead: number;
  readonly #prepared: Promise<Result<Part>>[] = [];
  #sealing: Promise<unknown> = Promise.resolve();
  readonly #sealer: Sealer;
  /** Memory that is used again: of those ahead, the one on its way, and the one before, of which the last bytes may still be with the system. */
  readonly #sealed: Bytes[] = [];
  #count = 0;
  error: ErrorName | undefined;

  constructor(deps: PartDeps, job: PartSource, offset: number, count: number) {
    this.#deps = deps;
    this.#sealer = deps.sealer ?? new OwnThread();
    this.#job = job;
    this.#offset = offset;
    this.#ahead = offset;
    this.#left = count;
    this.#fill();
  }

  /** Where what `next` gives begins. */
  get offset(): number {
    return this.#offset;
  }

  #fill(): void {
    while (this.#prepared.length < AHEAD_PARTS && this.#left > 0 && this.#ahead < this.#job.total) {
      const prepared = this.#prepare(this.#ahead);
      // Whoever asks for it hears of a failure; perhaps nobody does.
      prepared.catch(() => undefined);
      this.#prepared.push(prepared);
      this.#ahead = endOfPart(this.#job, this.#ahead);
      this.#left -= 1;
    }
  }

  /** One is sealed after the other; on the disk several are remembered at once. */
  #prepare(offset: number): Promise<Result<Part>> {
    const which = this.#count++ % (AHEAD_PARTS + 2);
    const memory = (): Bytes => {
      this.#sealed[which] ??= new Uint8Array(PART_SEALED_BYTES + TAG_BYTES);
      return this.#sealed[which];
    };
    const part = this.#sealing.then(() => preparePart(this.#deps, this.#job, offset, this.#sealer, memory));
    this.#sealing = part.catch(() => undefined);
    return part.then(async (made) => {
      if (made.ok && made.value.number >= 0) await this.#job.memory.keep(made.value);
      return made;
    });
  }

  /** Bytes from the offset on; undefined at the end, or when `error` says why there are no more. */
  async next(): Promise<Bytes | undefined> {
    const part = await this.#prepared.shift();
    if (part === undefined) return undefined;
    if (!part.ok) {
      this.error = part.error;
      return undefined;
    }
    this.#fill();
    const { start, bytes } = part.value;
    const from = this.#offset - start;
    this.#offset = start + bytes.length;
    return bytes.subarray(from);
  }

  /** In pieces, so that progress can be told. */
  async *bytes(): AsyncGenerator<Bytes> {
    for (let part = await this.next(); part !== undefined; part = await this.next()) {
      const start = this.#offset - part.length;
      for (let at = 0; at < part.length; at += PIECE_BYTES) {
        yield part.subarray(at, at + PIECE_BYTES);
        this.#deps.onProgress(start + at, this.#job.total);
      }
    }
    if (this.error !== undefined) throw new Error('no more parts');
  }
}

interface Part {
  /** -1: what stands before the first chunk. */
  number: number;
  /** Of its first byte in the blob. */
  start: number;
  bytes: Bytes;
  digest: string;
}

function endOfPart({ front, total }: PartSource, offset: number): number {
  if (offset < front.length) return front.length;
  const number = Math.floor((offset - front.length) / PART_SEALED_BYTES);
  return Math.min(total, front.length + (number + 1) * PART_SEALED_BYTES);
}

/** The part in which a byte of the blob is. Errors: `source_changed`, `relay_dropped`. */
async function preparePart(
  deps: PartDeps,
  { front, body, stream, state }: PartSource,
  offset: number,
  sealer: Sealer,
  memory: () => Bytes,
): Promise<Result<Part>> {
  if (offset < front.length) return ok({ number: -1, start: 0, bytes: front, digest: '' });
  const number = Math.floor((offset - front.length) / PART_SEALED_BYTES);
  const at = number * PART_PLAIN_BYTES;
  const end = Math.min(body.size, at + PART_PLAIN_BYTES);
  const isLast = at + PART_PLAIN_BYTES > body.size;
  const size = isLast ? sealedSize(end - at) - STREAM_HEADER_BYTES : PART_SEALED_BYTES;
  const range = { from: at, end, isLast };
  const made = await sealer.seal(stream, body, range, () => memory().subarray(0, size));
  if (!made.ok) return made;
  const bytes = made.value;
  const digest = encodeBase64url(deps.suite.sha256(tagsOf(bytes)));
  const before = state.parts.find((part) => part.number === number);
  // STREAM-4: nothing is sealed a second time unless it is known to be the same.
  if (before === undefined && number <= (state.parts.at(-1)?.number ?? -1)) return fail('relay_dropped');
  if (before !== undefined && before.digest !== digest) return fail('source_changed');
  return ok({ number, start: front.length + number * PART_SEALED_BYTES, bytes, digest });
}

/** The tags of its chunks say what is sealed in them as well as all of it would. */
function tagsOf(sealed: Bytes): Bytes {
  const count = Math.ceil(sealed.length / SEALED_CHUNK_BYTES);
  const tags = new Uint8Array(count * TAG_BYTES);
  for (let i = 0; i < count; i++) {
    const end = Math.min(sealed.length, (i + 1) * SEALED_CHUNK_BYTES);
    tags.set(sealed.subarray(end - TAG_BYTES, end), i * TAG_BYTES);
  }
  return tags;
}

/** The digests of parts, on the disk before they are sent; what comes while the disk is busy is written together. */
export class PartMemory {
  readonly #state: UploadState;
  readonly #journal: UploadJournal;
  #saving: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(state: UploadState, journal: UploadJournal) {
    this.#state = state;
    this.#journal = journal;
  }

  /** What a relay may still ask for again is not older than KEPT_PARTS parts. */
  keep({ number, digest }: Pick<Part, 'number' | 'digest'>): Promise<void> {
    const { parts } = this.#state;
    if (parts.some((part) => part.number === number)) return this.#waiting ?? this.#saving;
    this.#state.parts = [...parts, { number, digest }].slice(-KEPT_PARTS);
    this.#waiting ??= this.#saving.then(() => {
      this.#waiting = undefined;
      this.#saving = this.#journal.save(this.#state);
      return this.#saving;
    });
    return this.#waiting;
  }
}
