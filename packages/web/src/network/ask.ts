/** Asks a host where a document shall live. */
import { readPlaced, readRefusal } from './answer.ts';
import type { Placement, PlaceWish } from './placement.ts';

export const SERVICE = 'docs';
const ADDRESS = '/.well-known/archipel/place';
/** After it the host counts as away: somebody waits before an empty page. */
const ASK_MS = 4000;

export interface AskDeps {
  request: typeof fetch;
  /** Of the host that is asked. */
  origin: string;
}

/** With `forward` false it takes the document itself or says that it cannot. Never rejects. */
export async function askHost(wish: PlaceWish, { request, origin }: AskDeps, forward: boolean): Promise<Placement> {
  let response: Response;
  let text: string;
  try {
    response = await request(`${origin}${ADDRESS}`, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ service: SERVICE, ...wish, forward }),
      signal: AbortSignal.timeout(ASK_MS),
    });
    text = await response.text();
  } catch {
    return { kind: 'unreachable' }; // No network, nobody there, or too slow: whatever it is, another way is tried.
  }
  const answer = jsonOf(text);
  return response.ok ? readPlaced(answer, origin) : readRefusal(response.status, answer);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // A page in place of an answer.
  }
}
