/** The thread that makes published pages safe: strangers choose how much work that is, so the relay's own thread does none of it. */
import { parentPort } from 'node:worker_threads';
import { type PagePlace, renderPage } from '@archipel/page';
import { type Bytes, decodePage } from '@archipel/protocol';

export interface RenderRequest {
  /** Of a page as it was signed. */
  bytes: Bytes;
  place: PagePlace;
}

/** UTF-8; undefined: it cannot be made safe. */
export type RenderAnswer = Bytes | undefined;

const port = parentPort as NonNullable<typeof parentPort>;

port.on('message', ({ bytes, place }: RenderRequest) => port.postMessage(render(bytes, place)));
// It has loaded.
port.postMessage(undefined);

function render(bytes: Bytes, place: PagePlace): RenderAnswer {
  const page = decodePage(bytes);
  if (!page.ok || page.value.content === undefined) return undefined;
  const html = renderPage({ time: page.value.time, content: page.value.content }, place);
  return html === undefined ? undefined : new TextEncoder().encode(html);
}
