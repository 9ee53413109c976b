/** The socket by which commands reach a running host. Whoever may open it may do everything that the host's own user may. */
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';
import * as v from 'valibot';
import type { ServerConfig } from '../config.ts';
import { busOf } from '../config.ts';
import type { Log } from '../log.ts';
import type { DrainProgress } from '../replication/drain.ts';
import { StartError } from '../start-error.ts';
import type { MoveProgress } from '../store/move.ts';
import { MoveError } from '../store/move-error.ts';
import { isSamePlace, nameOf, parsePlace } from '../store/places.ts';
import type { ControlAnswer, DrainRequest, MigrateRequest } from './control-messages.ts';
import { Lines, lineOf, MAX_PATH_BYTES } from './control-messages.ts';
import type { Host } from './host.ts';
import { seldom } from './seldom.ts';

const PRIVATE_UMASK = 0o177;
const PRIVATE_FOLDER = 0o700;
const PROGRESS_MS = 200;
const END_MS = 1000;
const END_POLL_MS = 10;

const requestSchema = v.variant('do', [
  v.object({ do: v.literal('migrate'), to: v.string(), bus: v.string(), isDry: v.boolean() }),
  v.object({ do: v.literal('drain'), stays: v.boolean() }),
  v.object({ do: v.literal('cancel') }),
]);

export interface ControlDeps {
  host: Host;
  config: ServerConfig;
  log: Log;
}
export interface Control {
  /** Takes no more commands. */
  stop(): void;
  /** Whoever waits for an answer has had it. */
  close(): Promise<void>;
}

/** Undefined, with a line in the log, when there cannot be one: the host does without. */
export async function openControl(path: string, deps: ControlDeps): Promise<Control | undefined> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, deps);
  });
  const failure = await listenAt(path, server);
  if (failure !== undefined) {
    deps.log.warn({ reason: failure }, 'commands do not reach this host');
    return undefined;
  }
  return {
    stop: () => void server.close(),
    close: () => endAll(sockets),
  };
}

/** What a host that was killed left behind goes. Why not, in words for the log. */
async function listenAt(path: string, server: Server): Promise<string | undefined> {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return 'the name of the data folder is too long for a socket in it';
  try {
    mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    if (await isAnswered(path)) return 'another host has this data folder and port';
    rmSync(path, { force: true });
    await listenPrivately(server, path);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A disk that takes no files, or no sockets.
    if (code === undefined) throw error;
    return message;
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function listenPrivately(server: Server, path: string): Promise<void> {
  // The file is made within the call: at no instant may others open it.
  const before = process.umask(PRIVATE_UMASK);
  server.listen(path);
  process.umask(before);
  await once(server, 'listening');
}

async function endAll(sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.end();
  const endMs = Date.now() + END_MS;
  while (sockets.size > 0 && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, END_POLL_MS));
  for (const socket of sockets) socket.destroy();
}

/** One command per connection. Whoever hangs up cancels it. */
function serve(socket: Socket, deps: ControlDeps): void {
  const cancelling = new AbortController();
  let isBusy = false;
  const say = (answer: ControlAnswer): void => {
    if (socket.writable) socket.write(lineOf(answer));
  };
  const obey = async (request: MigrateRequest | DrainRequest): Promise<void> => {
    say(await answerTo(request, deps, say, cancelling.signal));
    socket.end();
  };
  const hear = (message: unknown): void => {
    const request = v.safeParse(requestSchema, message);
    if (!request.success) return fail();
    if (request.output.do === 'cancel') return cancelling.abort();
    if (isBusy) return fail();
    isBusy = true;
    void obey(request.output);
  };
  const fail = (): void => void socket.destroy();
  const lines = new Lines(hear, fail);
  socket.setEncoding('utf8');
  socket.on('data', (text) => lines.add(String(text)));
  socket.on('close', () => cancelling.abort());
  socket.on('error', (error) => deps.log.debug({ reason: error.message }, 'a command broke off'));
}

async function answerTo(
  request: MigrateRequest | DrainRequest,
  deps: ControlDeps,
  say: (answer: ControlAnswer) => void,
  signal: AbortSignal,
): Promise<ControlAnswer> {
  try {
    return await (request.do === 'drain' ? drain(request, deps, say, signal) : migrate(request, deps, say, signal));
  } catch (error) {
    if (error instanceof MoveError || error instanceof StartError) return { is: 'failed', sentence: error.message };
    // The documents are where they were, and people go on: whoever asked is told, and the log says what it was.
    deps.log.error({ error: (error as Error).stack }, 'a command failed');
    return { is: 'failed', sentence: 'This should not happen: the log of the host says more.' };
  }
}

async function drain(
  { stays }: DrainRequest,
  { host, log }: ControlDeps,
  say: (answer: ControlAnswer) => void,
  signal: AbortSignal,
): Promise<ControlAnswer> {
  if (stays) {
    host.stay();
    return { is: 'stays' };
  }
  const report = seldom<DrainProgress & { phase?: string }>(PROGRESS_MS, (progress) =>
    say({ is: 'draining', ...progress }),
  );
  const done = await host.drain(report, signal);
  if (done === undefined)
    return { is: 'failed', sentence: 'This host works with no other: nobody could keep its documents.' };
  if (typeof done === 'string') return { is: 'failed', sentence: 'The store does not answer. Try again.' };
  log.info({ ...done }, 'the documents are on other hosts too');
  return { is: 'drained', ...done };
}

async function migrate(
  { to: text, bus, isDry }: MigrateRequest,
  { host, config }: ControlDeps,
  say: (answer: ControlAnswer) => void,
  signal: AbortSignal,
): Promise<ControlAnswer> {
  const to = parsePlace(text, config.dataFolder, config.storePool);
  if ('wrong' in to) throw new MoveError(`That is not where documents can go: ${to.wrong}.`);
  const order = { to, bus: busOf({ bus, busPrefix: config.busPrefix }) };
  if (isDry) return { is: 'plan', ...(await host.plan(order)) };
  const names = { from: nameOf(host.place), to: nameOf(to), origin: config.origin };
  if (isSamePlace(host.place, to)) return { is: 'moved', ...names, done: undefined };
  const report = seldom<MoveProgress>(PROGRESS_MS, (progress) => say({ is: 'progress', ...progress }));
  const done = await host.move(order, report, signal);
  return { is: 'moved', ...names, done };
}
