/** What a program sends with. */
import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Fetch } from '../drop/blob-line.ts';

const NO_BODY: readonly number[] = [204, 205, 304];
const REDIRECTS = { from: 300, to: 400 };
/** As `fetch` has it. */
const IDLE_MS = 300_000;

/**
 * As `fetch`, but a body that is made while it is sent goes to the socket from where it is: the streams of `fetch` cost more time than sealing
 * does. An answer that comes before the end of the body ends it. No redirect is followed.
 */
export const sendingFetch: Fetch = (input, init) => {
  const { body } = init ?? {};
  return isMade(body) ? send(new URL(String(input)), init ?? {}, body) : fetch(input, init);
};

function isMade(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

async function send(
  url: URL,
  { method = 'POST', headers, signal }: RequestInit,
  body: AsyncIterable<Uint8Array>,
): Promise<Response> {
  const request = (url.protocol === 'https:' ? overHttps : overHttp)(url, {
    method,
    headers: Object.fromEntries(new Headers(headers)),
    ...(signal != null && { signal }),
  });
  request.setTimeout(IDLE_MS, () => request.destroy(new TypeError('nothing moved')));
  const answered = answerTo(request);
  const sent = pipeline(Readable.from(body, { highWaterMark: 1 }), request);
  try {
    return await responseOf(await Promise.race([answered, sent.then(() => answered)]));
  } finally {
    if (!request.writableFinished) request.destroy();
    // Why it ended is known by now.
    await sent.catch(() => undefined);
  }
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  });
  // What ends the body ends this, too: whoever waits for either hears of it.
  answer.catch(() => undefined);
  return answer;
}

async function responseOf(answer: IncomingMessage): Promise<Response> {
  const { statusCode: status = 0, rawHeaders } = answer;
  if (status >= REDIRECTS.from && status < REDIRECTS.to) throw new TypeError('a redirect');
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return new Response(NO_BODY.includes(status) ? null : Buffer.concat(chunks), { status, headers });
}
