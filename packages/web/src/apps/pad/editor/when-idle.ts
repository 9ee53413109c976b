/** A browser that is never idle does it all the same, after. */
const LATEST_MS = 500;
/** Where browsers do not say when they are idle. */
const IDLE_MS = 50;

const canWait = 'requestIdleCallback' in globalThis;

/** Runs something once the browser has nothing else to do; `atLast`: in the end all the same. Returns how to call it off. */
export function whenIdle(run: () => void, { atLast = true } = {}): () => void {
  if (canWait) {
    const wait = requestIdleCallback(run, atLast ? { timeout: LATEST_MS } : undefined);
    return () => cancelIdleCallback(wait);
  }
  const wait = setTimeout(run, IDLE_MS);
  return () => clearTimeout(wait);
}
