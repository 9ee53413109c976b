/** A browser that is never idle does it all the same, after. */
const LATEST_MS = 500;
/** Where browsers do not say when they are idle. */
const IDLE_MS = 50;

const canWait = 'requestIdleCallback' in globalThis;

/** Runs something once the browser has nothing else to do. Returns how to call it off. */
export function whenIdle(run: () => void): () => void {
  if (canWait) {
    const wait = requestIdleCallback(run, { timeout: LATEST_MS });
    return () => cancelIdleCallback(wait);
  }
  const wait = setTimeout(run, IDLE_MS);
  return () => clearTimeout(wait);
}
