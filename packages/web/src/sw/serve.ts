/** The worker's part of served files (served.ts): finds the page that has the file, and passes its bytes on as they are wanted. */
import {
  rangeOf,
  SERVED_PATH,
  type ServedFacts,
  type ServedQuestion,
  type ServedReply,
  type ServedWish,
  servedHeaders,
} from './served.ts';

/** A page that is busy may take a while to answer. */
const ANSWER_MS = 10_000;

/** A page, or the place where one would be. */
export interface Page {
  postMessage(message: ServedQuestion, transfer: Transferable[]): void;
}

interface Source {
  facts: ServedFacts;
  port: MessagePort;
}

/** 404 when no page has it (any more). */
export async function serveFile(request: Request, pages: readonly Page[]): Promise<Response> {
  const token = new URL(request.url).pathname.slice(SERVED_PATH.length);
  const source = await firstOf(pages.map((page) => ask(page, token)));
  if (source === undefined) return new Response('Gone\n', { status: 404, headers: { 'content-type': 'text/plain' } });
  const { facts, port } = source;
  const range = facts.as === 'save' ? undefined : rangeOf(request.headers.get('range'), facts.size);
  if (range === null) {
    tell(port, { kind: 'stop' });
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${facts.size}` } });
  }
  tell(port, { kind: 'open', ...(range ?? { start: 0, end: facts.size }) });
  const status = range === undefined ? 200 : 206;
  return new Response(streamFrom(port), { status, headers: servedHeaders(facts, range) });
}

function tell(port: MessagePort, wish: ServedWish): void {
  port.postMessage(wish);
}

/** Undefined after all have answered so, or have not answered. */
function firstOf(answers: readonly Promise<Source | undefined>[]): Promise<Source | undefined> {
  const found = answers.map((answer) => answer.then((source) => source ?? Promise.reject(new Error('not here'))));
  return Promise.any(found).catch(() => undefined);
}

function ask(page: Page, token: string): Promise<Source | undefined> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ANSWER_MS);
    port1.onmessage = ({ data }: MessageEvent<ServedReply>) => {
      clearTimeout(timer);
      resolve(data.kind === 'facts' ? { facts: data.facts, port: port1 } : undefined);
    };
    page.postMessage({ kind: 'served', token }, [port2]);
  });
}

/** A piece is asked for when there is room for it. What the page breaks off ends as a failure, never as a whole file. */
function streamFrom(port: MessagePort): ReadableStream<Uint8Array<ArrayBuffer>> {
  let arrived: () => void = () => undefined;
  return new ReadableStream({
    start(controller) {
      port.onmessage = ({ data }: MessageEvent<ServedReply>) => {
        if (data.kind === 'bytes') controller.enqueue(data.bytes);
        else if (data.kind === 'end') controller.close();
        else controller.error(new Error('the page broke it off'));
        arrived();
      };
    },
    pull() {
      tell(port, { kind: 'more' });
      return new Promise((resolve) => {
        arrived = resolve;
      });
    },
    cancel() {
      tell(port, { kind: 'stop' });
    },
  });
}
