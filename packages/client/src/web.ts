/** What a browser sends with. */
import type { Fetch } from './drop/blob-line.ts';
import { webFetch } from './drop/link.ts';

/**
 * As `fetch`, but the bytes of a body are told of while they leave, which `fetch` does not do: XMLHttpRequest sends those. `onSent`: of the
 * body that is on its way.
 */
export function sendingFetch(onSent: (bytes: number) => void): Fetch {
  return (input, init) => {
    const { body, signal } = init ?? {};
    return body instanceof Uint8Array
      ? sendBytes(String(input), init ?? {}, body, signal, onSent)
      : webFetch(input, init);
  };
}

function sendBytes(
  url: string,
  { method = 'POST', headers }: RequestInit,
  body: Uint8Array,
  signal: AbortSignal | null | undefined,
  onSent: (bytes: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const settle = (end: () => void): void => {
      signal?.removeEventListener('abort', abort);
      end();
    };
    request.open(method, url);
    for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => settle(() => (request.responseURL === url ? resolve(responseOf(request)) : reject(lost())));
    request.onerror = () => settle(() => reject(lost()));
    request.onabort = () => settle(() => reject(signal?.reason ?? lost()));
    signal?.addEventListener('abort', abort);
    request.send(body as Uint8Array<ArrayBuffer>);
  });
}

/** As `fetch` says that there was no answer. */
const lost = (): TypeError => new TypeError('no answer');

const NO_BODY: readonly number[] = [204, 205, 304];

function responseOf(request: XMLHttpRequest): Response {
  const lines = request.getAllResponseHeaders().trim().split('\r\n').filter(Boolean);
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at), line.slice(at + 1).trim()];
  });
  const { status, responseText } = request;
  return new Response(NO_BODY.includes(status) ? null : responseText, { status, headers });
}
