/** The page's part of served files (sw/served.ts): gives a file an address under which the browser saves or shows it, from memory that does not grow. */
import type { WorkerMessage } from '../sw/plan.ts';
import type { SERVED_PATH, ServedFacts, ServedQuestion, ServedReply, ServedWish } from '../sw/served.ts';

/** The worker is one file and shares none with the pages: the type checker holds the two together. */
const ADDRESS: typeof SERVED_PATH = '/served/';

/** Browsers stop a worker that hears nothing for half a minute. */
const STAY_MS = 10_000;
/** The first visit installs the worker; after that it is there at once. */
const READY_MS = 15_000;
/** From its start to its hold on the page. */
const CONTROL_MS = 5000;
const TOKEN_BYTES = 16;

export interface ServedFile extends ServedFacts {
  /** Bytes from `start` up to `end`; an error of the stream ends it as a failure. */
  open(start: number, end: number): ReadableStream<Uint8Array>;
}

export interface Serving {
  /** Of this page's origin; says nothing of the file. */
  address: string;
  /** Nobody gets it any more. */
  close(): void;
}

const served = new Map<string, ServedFile>();
let isListening = false;

/** Whether this browser can be given a file piece by piece. */
export async function canServe(): Promise<boolean> {
  return (await activeWorker()) !== undefined;
}

/** Whether this page can show by itself what it serves: a page that was there before its worker waits until that has taken it over. */
export async function canShow(): Promise<boolean> {
  if (!(await canServe())) return false;
  const { serviceWorker } = navigator;
  if (serviceWorker.controller !== null) return true;
  await new Promise<void>((resolve) => {
    setTimeout(resolve, CONTROL_MS);
    serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });
  return serviceWorker.controller !== null;
}

async function activeWorker(): Promise<ServiceWorker | undefined> {
  if (!('serviceWorker' in navigator)) return undefined;
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), READY_MS));
  const registration = await Promise.race([navigator.serviceWorker.ready, late]);
  return registration?.active ?? undefined;
}

/** To be called where `canServe()`. */
export function serve(file: ServedFile): Serving {
  if (!isListening) navigator.serviceWorker.addEventListener('message', answer);
  isListening = true;
  navigator.serviceWorker.startMessages();
  const token = [...crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))].map(hex).join('');
  served.set(token, file);
  return { address: `${ADDRESS}${token}`, close: () => void served.delete(token) };
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Has the browser save what is served there among its downloads. */
export function saveFrom({ address }: Serving): void {
  const link = document.createElement('a');
  // Without `download`: browsers would ask the host for it, past the worker.
  link.href = address;
  link.click();
}

function answer({ data, ports: [port] }: MessageEvent<ServedQuestion>): void {
  if (data?.kind !== 'served' || port === undefined) return;
  const file = served.get(data.token);
  if (file === undefined) return tell(port, { kind: 'failed' });
  const { name, size, as } = file;
  port.onmessage = ({ data: wish }: MessageEvent<ServedWish>) => {
    if (wish.kind === 'open') give(port, file.open(wish.start, wish.end));
  };
  tell(port, { kind: 'facts', facts: { name, size, as } });
}

function tell(port: MessagePort, reply: ServedReply): void {
  port.postMessage(reply, reply.kind === 'bytes' ? [reply.bytes.buffer] : []);
}

function give(port: MessagePort, stream: ReadableStream<Uint8Array>): void {
  const reader = stream.getReader();
  const staying = setInterval(stay, STAY_MS);
  const stop = (): void => {
    clearInterval(staying);
    // What was broken off already has told so.
    reader.cancel(new DOMException('stopped', 'AbortError')).catch(() => clearInterval(staying));
  };
  const more = async (): Promise<void> => {
    const next = await reader.read();
    // A copy: what is handed over is gone here, and a piece may be a part of something larger.
    if (!next.done) return tell(port, { kind: 'bytes', bytes: next.value.slice() });
    clearInterval(staying);
    tell(port, { kind: 'end' });
  };
  const failed = (): void => {
    clearInterval(staying);
    tell(port, { kind: 'failed' });
  };
  port.onmessage = ({ data: wish }: MessageEvent<ServedWish>) => {
    if (wish.kind === 'stop') stop();
    else if (wish.kind === 'more') more().catch(failed);
  };
  // The worker is gone, and the download with it.
  port.addEventListener('close', stop);
}

function stay(): void {
  const message: WorkerMessage = { kind: 'stay' };
  void activeWorker().then((worker) => worker?.postMessage(message));
}
