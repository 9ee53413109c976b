/** Tries again what may succeed later. */
import type { ErrorName, Result } from '@archipel/protocol';
import { mayRetry } from '@archipel/protocol';

const WAITS_MS = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000];
/** Room and quotas do not come back within a minute. */
const NOT_SOON: ReadonlySet<ErrorName> = new Set(['disk_full', 'quota_reached', 'full']);

export interface RetryDeps {
  /** Resolves after so many milliseconds. */
  wait(ms: number): Promise<void>;
  signal?: AbortSignal | undefined;
}

/** For a minute after the last progress, which is another `reached`. */
export async function again<T>(
  { wait, signal }: RetryDeps,
  attempt: (isAgain: boolean) => Promise<Result<T>>,
  reached: () => number = () => 0,
): Promise<Result<T>> {
  let tries = 0;
  for (let isAgain = false; ; isAgain = true) {
    const before = reached();
    const result = await attempt(isAgain);
    if (result.ok || NOT_SOON.has(result.error)) return result;
    if (!mayRetry(result.error) && result.error !== 'host_unreachable') return result;
    if (reached() !== before) tries = 0;
    const ms = WAITS_MS[tries++];
    if (ms === undefined) return result;
    signal?.throwIfAborted();
    await wait(ms);
  }
}
