import { fileURLToPath } from 'node:url';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { applyUpdate, Doc, encodeStateVector } from 'yjs';
import { ThinSocket } from '../harness/thin-socket.ts';
import { FrameCache } from './frame-cache.ts';
import type { KeyRange, Member, MemberOptions, OpenDocument, Peer, Room, Whole } from './peer.ts';
import { openByProvider } from './y-websocket-client.ts';
import { deferred, keysIn, Outstanding } from './yjs-wire.ts';

const SYNC = 0;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const SILENCE_MS = 1000;

type Meaning = { kind: 'update' | 'step2'; update: Uint8Array; keys: KeyRange[] } | { kind: 'other' };

/**
 * y-websocket 2.1 with its LevelDB persistence. It acknowledges nothing, but sends every update back to its author, which
 * is taken as its word.
 */
export const yWebsocket: Peer = {
  name: 'y-websocket',
  stores: true,
  acknowledges: 'echo',
  editsPerStoredUpdate: 1,
  serverArguments: [fileURLToPath(new URL('./y-websocket-server.ts', import.meta.url))],
  createRoom: async (_port, name) => ({ name }),
  join,
  open,
  openByClient: openByProvider,
};

const frames = new FrameCache<Meaning>((frame) => {
  const decoder = decoding.createDecoder(Uint8Array.from(frame));
  if (decoding.readVarUint(decoder) !== SYNC) return { kind: 'other' };
  const step = decoding.readVarUint(decoder);
  if (step === STEP_1) return { kind: 'other' };
  const update = decoding.readVarUint8Array(decoder);
  return { kind: step === STEP_2 ? 'step2' : 'update', update, keys: step === UPDATE ? keysIn(update) : [] };
});

function message(step: number, body: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, SYNC);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, body);
  });
}

async function connect(port: number, room: Room, onMeaning: (meaning: Meaning) => void): Promise<ThinSocket> {
  const onMessage = (frame: Buffer) => onMeaning(frames.read(frame));
  const socket = await ThinSocket.open({ port, path: `/${room.name}`, onMessage });
  socket.send(message(STEP_1, encodeStateVector(new Doc())));
  return socket;
}

async function join({ port, room, writer, events }: MemberOptions): Promise<Member> {
  const synced = deferred();
  const outstanding = new Outstanding();
  const socket = await connect(port, room, (meaning) => {
    if (meaning.kind === 'step2') synced.resolve();
    if (meaning.kind !== 'update') return;
    events.delivered(meaning.keys);
    // One frame per update; one without insertions is a deletion, which the load sends from a single writer only.
    if (writer === undefined || meaning.keys.some((keys) => keys.writer !== writer)) return;
    outstanding.acknowledge(1);
    events.acknowledged(outstanding.acknowledged);
  });
  await synced.promise;
  return {
    send: (update) => {
      outstanding.sent();
      socket.send(message(UPDATE, update));
    },
    close: async () => {
      await outstanding.settled();
      await socket.close();
    },
  };
}

/** Its first answer may be empty while LevelDB still reads, and nothing says when all is there: then silence decides. */
async function open(port: number, room: Room, whole?: Whole): Promise<OpenDocument> {
  const document = new Doc();
  const ready = deferred();
  const silence = () => setTimeout(ready.resolve, SILENCE_MS);
  let quiet = whole === undefined ? silence() : undefined;
  const socket = await connect(port, room, (meaning) => {
    if (!('update' in meaning)) return;
    applyUpdate(document, meaning.update);
    if (whole?.(document)) ready.resolve();
    if (quiet === undefined) return;
    clearTimeout(quiet);
    quiet = silence();
  });
  await ready.promise;
  return { document, close: () => socket.close() };
}
