/** One GET or POST over one connection to one address that was checked: nothing here looks up a name. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { connect, isIP } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Work } from './budget.ts';
import type { HttpAnswer, ProbeFailureCode, ProbeStage } from './failure.ts';
import type { ProbeLimits } from './limits.ts';
import { hostOf, portOf } from './target.ts';

export interface Redirect {
  kind: 'redirect';
  location: string;
}

export interface ExchangeOptions {
  url: URL;
  address: string;
  userAgent: string;
  limits: ProbeLimits;
  /** Certificate authorities in place of the system's. */
  ca: string | undefined;
  /** Undefined: nothing is sent, the page is asked for. */
  post?: Post | undefined;
}

/** What is sent; the answer is that of a page. */
export interface Post {
  body: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const TOO_LONG_HEADERS = 'HPE_HEADER_OVERFLOW';
const CUT_SHORT = 'HPE_INVALID_EOF_STATE';

type ExchangeWork = Work<HttpAnswer | Redirect>;

/** Returns what ends it. */
export function exchange(work: ExchangeWork, options: ExchangeOptions): () => void {
  const { url, address, limits } = options;
  const held: { destroy(): unknown }[] = [];
  const raw = connect({ host: address, port: portOf(url) });
  held.push(raw);
  work.enter('connect', limits.connectMs);
  raw.on('error', (error) => work.fail(codeOf(error, work.stage)));
  raw.once('connect', () => {
    if (url.protocol === 'http:') {
      held.push(send(raw, work, options));
      return;
    }
    const secure = encrypt(raw, work, options, () => held.push(send(secure, work, options)));
    held.push(secure);
  });
  return () => {
    for (const each of held.toReversed()) each.destroy();
  };
}

/** The certificate is checked against the name that was asked for, whatever the address. */
function encrypt(raw: Socket, work: ExchangeWork, { url, limits, ca }: ExchangeOptions, ready: () => void): Socket {
  const host = hostOf(url);
  work.enter('tls', limits.tlsMs);
  const secure = tlsConnect({
    socket: raw,
    host,
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    ...(ca === undefined ? {} : { ca }),
  });
  secure.on('error', (error) => work.fail(codeOf(error, work.stage)));
  secure.once('secureConnect', ready);
  return secure;
}

function send(socket: Socket, work: ExchangeWork, { url, userAgent, limits, post }: ExchangeOptions): ClientRequest {
  work.enter('headers', limits.headersMs);
  const request = httpRequest({
    method: post === undefined ? 'GET' : 'POST',
    path: `${url.pathname}${url.search}`,
    setHost: false,
    headers: {
      Host: url.host,
      'User-Agent': userAgent,
      Accept: '*/*',
      'Accept-Encoding': 'identity',
      Connection: 'close',
      ...(post && { ...post.headers, 'Content-Length': post.body.length }),
    },
    createConnection: () => socket,
    insecureHTTPParser: false,
    maxHeaderSize: limits.headersMaxBytes,
  });
  let hasAnswer = false;
  request.on('error', (error) => work.fail(codeOf(error, work.stage)));
  request.once('response', (response) => {
    hasAnswer = true;
    receive(response, work, limits);
  });
  request.once('close', () => {
    if (!hasAnswer) work.fail('connection_lost');
  });
  request.end(post?.body);
  return request;
}

function receive(response: IncomingMessage, work: ExchangeWork, limits: ProbeLimits): void {
  const { statusCode: status = 0, headers } = response;
  response.on('error', (error) => work.fail(codeOf(error, work.stage)));
  if (REDIRECTS.has(status) && headers.location !== undefined) {
    work.settle({ kind: 'redirect', location: headers.location });
    return;
  }
  if (isEncoded(headers['content-encoding'], 'identity') || isEncoded(headers['transfer-encoding'], 'chunked')) {
    work.fail('encoded_body');
    return;
  }
  if (Number(headers['content-length'] ?? 0) > limits.bodyMaxBytes) {
    work.fail('too_large');
    return;
  }
  work.enter('body', limits.bodyMs);
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > limits.bodyMaxBytes) work.fail('too_large');
    else chunks.push(chunk);
  });
  response.once('end', () => {
    if (!response.complete) work.fail('connection_lost');
    else
      work.settle({
        kind: 'http',
        status,
        headers: plainHeaders(response),
        body: new Uint8Array(Buffer.concat(chunks)),
      });
  });
  response.once('close', () => work.fail('connection_lost'));
}

function isEncoded(header: string | undefined, plain: string): boolean {
  const coding = header?.trim().toLowerCase() ?? '';
  return coding !== '' && coding !== plain;
}

function plainHeaders({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]));
}

function codeOf(error: NodeJS.ErrnoException, stage: ProbeStage): ProbeFailureCode {
  const code = error.code ?? '';
  if (stage === 'connect') return 'unreachable';
  if (stage === 'tls') return code === 'ECONNRESET' ? 'connection_lost' : 'bad_tls';
  if (code === TOO_LONG_HEADERS) return 'too_large';
  if (code.startsWith('HPE_') && code !== CUT_SHORT) return 'bad_http';
  return 'connection_lost';
}
