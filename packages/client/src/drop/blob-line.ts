/** Requests about one blob, inbox or page at one host, each with a proof of what the link allows (BLOB-3). */
import type { Bytes, ErrorName, Result, Role } from '@archipel/protocol';
import { decodeBase64url, ERRORS, encodeBase64url, fail, ok, roleCode } from '@archipel/protocol';
import { type Keys, prove } from '@archipel/protocol/secret';

export type Fetch = typeof globalThis.fetch;

/** Whoever needs to prove nothing has the docId alone. */
type Prover = Keys | Pick<Keys, 'docId'>;
/** The first part of the path. */
type Room = 'blob' | 'inbox' | 'p';

export interface BlobAsk {
  method: string;
  /** After `/blob`, `/inbox` or `/p`; empty to create. */
  path?: string;
  /** Undefined: nothing is proved. */
  role?: Role;
  headers?: Record<string, string>;
  /** What is made while it is sent can be sent once: the proof must be good already. */
  body?: Bytes | AsyncIterable<Bytes>;
  signal?: AbortSignal | undefined;
}

const NAMES: ReadonlySet<string> = new Set(ERRORS.map(({ name }) => name));
const UNAUTHORIZED = 401;
const LETTERS: Readonly<Partial<Record<Role, string>>> = { own: 'o', view: 'v' };

export class BlobLine {
  readonly origin: string;
  readonly #keys: Prover;
  readonly #fetch: Fetch;
  readonly #room: Room;
  #nonce: Bytes | undefined;
  /** Proofs by nonce and role: signed once. */
  readonly #proofs = new Map<number, string>();

  /** `origin`: of the host that keeps it. */
  constructor(origin: string, keys: Prover, fetch: Fetch, room: Room = 'blob') {
    this.origin = origin;
    this.#keys = keys;
    this.#fetch = fetch;
    this.#room = room;
  }

  get id(): string {
    return encodeBase64url(this.#keys.docId);
  }

  /** An answer that is no refusal. Errors: those that the relay names, `host_unreachable`. */
  async ask(ask: BlobAsk): Promise<Result<Response>> {
    for (let isSecond = false; ; isSecond = true) {
      const response = await this.#send(ask);
      if (!response.ok) return response;
      if (response.value.status !== UNAUTHORIZED || isSecond) return refusalOf(response.value);

      await response.value.body?.cancel();
      const nonce = decodeBase64url(response.value.headers.get('archipel-nonce') ?? '');
      if (!nonce.ok) return fail('bad_message');
      this.#nonce = nonce.value;
      this.#proofs.clear();
      if (ask.body !== undefined && !(ask.body instanceof Uint8Array)) return fail('unavailable');
    }
  }

  async #send({ method, path = '', role, headers = {}, body, signal }: BlobAsk): Promise<Result<Response>> {
    const proof = role === undefined ? undefined : await this.#proof(role);
    const init: RequestInit = {
      method,
      headers: { ...headers, 'tus-resumable': '1.0.0', ...(proof !== undefined && { authorization: proof }) },
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']>, duplex: 'half' as const }),
      ...(signal !== undefined && { signal }),
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
    };
    try {
      return ok(await this.#fetch(`${this.origin}/${this.#room}${path}`, init));
    } catch (error) {
      if (signal?.aborted) throw error;
      return fail('host_unreachable');
    }
  }

  async #proof(role: Role): Promise<string | undefined> {
    const nonce = this.#nonce;
    if (nonce === undefined) return undefined;
    const known = this.#proofs.get(roleCode(role));
    if (known !== undefined) return known;
    if (!('readSigner' in this.#keys)) throw new RangeError('these keys prove nothing');
    const signature = await prove(this.#keys, role, nonce, this.#keys.docId, new URL(this.origin).host);
    const proof = `Archipel ${encodeBase64url(nonce)}.${LETTERS[role]}.${encodeBase64url(signature)}`;
    this.#proofs.set(roleCode(role), proof);
    return proof;
  }
}

/** The answer, or the error that it names. */
export async function refusalOf(response: Response): Promise<Result<Response>> {
  if (response.ok) return ok(response);
  const said = await response.json().catch(() => undefined);
  const error = (said as { error?: unknown } | undefined)?.error;
  if (typeof error === 'string' && NAMES.has(error)) return fail(error as ErrorName);
  // A HEAD has no body, and a proxy answers in words of its own.
  return fail(STATUSES[response.status] ?? 'unavailable');
}

const STATUSES: Readonly<Record<number, ErrorName>> = {
  401: 'proof_failed',
  403: 'not_allowed',
  404: 'not_found',
  409: 'wrong_offset',
  410: 'expired',
  413: 'too_large',
  429: 'rate_limited',
  501: 'not_offered',
  507: 'disk_full',
};
