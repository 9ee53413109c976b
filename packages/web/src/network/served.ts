/** Tells the host that sent this page somewhere whether it was served there (docs/protocol.md VOU-4). */
const ADDRESS = '/.well-known/archipel/served';

export interface ServedDeps {
  request: typeof fetch;
  /** Of the host of this page. */
  origin: string;
}

export function sayServed(
  receipt: string,
  healthy: boolean,
  { request, origin }: ServedDeps = { request: fetch, origin: location.origin },
): void {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ receipt, healthy });
  // One word of many: when it is lost nothing is.
  request(`${origin}${ADDRESS}`, { method: 'POST', credentials: 'omit', keepalive: true, headers, body }).catch(
    () => undefined,
  );
}
