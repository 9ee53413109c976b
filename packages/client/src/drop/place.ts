/** Where a drop shall lie: the host that is asked has room, or names one that has, with a voucher. */
import type { Bytes, ErrorName, Result } from '@archipel/protocol';
import { decodeBase64url, ERRORS, fail, isOrigin, ok } from '@archipel/protocol';
import type { Fetch } from './blob-line.ts';

const ADDRESS = '/.well-known/archipel/place';
const ASK_MS = 10_000;
const NAMES: ReadonlySet<string> = new Set(ERRORS.map(({ name }) => name));

export interface DropWish {
  /** Of the whole sealed drop. */
  bytes: number;
  /** How long it is kept, in seconds. */
  ttlSeconds: number;
}

export interface DropPlace {
  origin: string;
  /** For that host; undefined: it needs none. */
  voucher: Bytes | undefined;
}

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** Errors: `host_unreachable`, and why no host takes it: `full`, `disk_full`, `too_large`, `expiry_too_long`, `quota_reached`, `not_welcome`, `not_offered`. */
export async function placeDrop(
  fetch: Fetch,
  origin: string,
  wish: DropWish,
  signal?: AbortSignal,
): Promise<Result<DropPlace>> {
  const here = ok({ origin, voucher: undefined });
  let answer: Response;
  let said: Fields;
  try {
    const tooLate = AbortSignal.timeout(ASK_MS);
    answer = await fetch(`${origin}${ADDRESS}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ service: 'files', ...wish }),
      credentials: 'omit',
      redirect: 'error',
      signal: signal === undefined ? tooLate : AbortSignal.any([tooLate, signal]),
    });
    said = fieldsOf(await answer.json().catch(() => undefined));
  } catch (error) {
    if (signal?.aborted) throw error;
    return fail('host_unreachable');
  }
  const name = said.error === 'nobody' ? 'full' : said.error;
  if (!answer.ok) {
    // One that speaks with no other has no such address: it takes what is sent to it, or says why not.
    return typeof name === 'string' && NAMES.has(name) ? fail(name as ErrorName) : here;
  }
  const [first] = Array.isArray(said.relays) ? said.relays : [];
  const { url, voucher } = fieldsOf(first);
  if (typeof url !== 'string' || !isOrigin(url)) return here;
  const bytes = typeof voucher === 'string' ? decodeBase64url(voucher) : undefined;
  return ok({ origin: url, voucher: bytes?.ok === true && bytes.value.length > 0 ? bytes.value : undefined });
}
