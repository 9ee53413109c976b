/** The one table of errors (§11), and the result that carries them. */
export const ERRORS = [
  { code: 1, name: 'bad_message', retry: false },
  { code: 2, name: 'unsupported_version', retry: false },
  { code: 3, name: 'not_found', retry: false },
  { code: 4, name: 'expired', retry: false },
  { code: 5, name: 'deleted', retry: false },
  { code: 6, name: 'proof_failed', retry: false },
  { code: 7, name: 'not_allowed', retry: false },
  { code: 8, name: 'too_large', retry: false },
  { code: 9, name: 'session_gap', retry: false },
  { code: 10, name: 'session_fork', retry: false },
  { code: 11, name: 'session_closed', retry: false },
  { code: 12, name: 'bad_signature', retry: false },
  { code: 13, name: 'wrong_generation', retry: false },
  { code: 14, name: 'document_full', retry: false },
  { code: 15, name: 'disk_full', retry: true },
  { code: 16, name: 'rate_limited', retry: true },
  { code: 17, name: 'too_many_connections', retry: true },
  { code: 18, name: 'stale_header', retry: false },
  { code: 19, name: 'bad_header', retry: false },
  { code: 20, name: 'checkpoint_behind', retry: false },
  { code: 21, name: 'checkpoint_uncovered', retry: false },
  { code: 22, name: 'expiry_too_long', retry: false },
  { code: 23, name: 'already_exists', retry: false },
  { code: 24, name: 'unavailable', retry: true },
  { code: 25, name: 'stale_order', retry: false },
  { code: 26, name: 'shutting_down', retry: true },
  { code: 27, name: 'too_slow', retry: true },
  { code: 28, name: 'stale_fact', retry: false },
  { code: 29, name: 'from_future', retry: false },
  { code: 30, name: 'wrong_host', retry: false },
  { code: 31, name: 'full', retry: true },
  { code: 32, name: 'not_welcome', retry: false },
  { code: 33, name: 'voucher_used', retry: false },
  { code: 34, name: 'quota_reached', retry: true },
  { code: 35, name: 'unknown_host', retry: false },
  { code: 36, name: 'downloads_spent', retry: false },
  { code: 37, name: 'wrong_offset', retry: true },
  { code: 38, name: 'upload_incomplete', retry: true },
  { code: 39, name: 'not_offered', retry: false },
  { code: 40, name: 'closed', retry: false },
  { code: 41, name: 'removed', retry: false },
] as const;

/** Errors that only a client raises: they have no code because they are never sent. */
export const CLIENT_ERRORS = [
  'link_incomplete',
  'link_broken',
  'password_needed',
  'wrong_password',
  'relay_forged',
  'relay_dropped',
  'relay_stale',
  'relay_contradicts',
  'open_failed',
  'host_unreachable',
  'storage_blocked',
  'stream_cut',
  'stream_key',
  'stream_forged',
  'source_changed',
] as const;

export type RelayErrorName = (typeof ERRORS)[number]['name'];
export type ClientErrorName = (typeof CLIENT_ERRORS)[number];
export type ErrorName = RelayErrorName | ClientErrorName;

export type Result<T> = { ok: true; value: T } | { ok: false; error: ErrorName };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(error: ErrorName): { ok: false; error: ErrorName } {
  return { ok: false, error };
}

const codes: ReadonlyMap<string, number> = new Map(ERRORS.map(({ code, name }) => [name, code]));

/** The code of an error that may be sent; a client-only error is a bug here and throws. */
export function errorCode(name: ErrorName): number {
  const code = codes.get(name);
  if (code === undefined) throw new RangeError(`${name} has no code: only a client raises it`);
  return code;
}

/** The name of a code; undefined when no error has it. */
export function errorName(code: number): RelayErrorName | undefined {
  return ERRORS[code - 1]?.name;
}

/** Whether the same thing may be tried again later. */
export function mayRetry(name: ErrorName): boolean {
  return ERRORS.some((error) => error.name === name && error.retry);
}
