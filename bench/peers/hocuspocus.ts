import { fileURLToPath } from 'node:url';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { applyUpdate, Doc, encodeStateVector } from 'yjs';
import { ThinSocket } from '../harness/thin-socket.ts';
import { FrameCache } from './frame-cache.ts';
import { openByProvider } from './hocuspocus-client.ts';
import type { KeyRange, Member, MemberOptions, OpenDocument, Peer, Room, Whole } from './peer.ts';
import { deferred, keysIn, Outstanding } from './yjs-wire.ts';

const SYNC = 0;
const AUTH = 2;
const SYNC_STATUS = 8;
const AUTH_TOKEN = 0;
const AUTHENTICATED = 2;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const EMPTY_UPDATE = Uint8Array.of(0, 0);

type Meaning = { kind: 'update' | 'step2'; update: Uint8Array; keys: KeyRange[] } | { kind: string };

/** @hocuspocus/server 4.7 with its SQLite extension. */
export const hocuspocus: Peer = {
  name: 'hocuspocus',
  stores: true,
  acknowledges: 'applied',
  editsPerStoredUpdate: 1,
  serverArguments: [fileURLToPath(new URL('./hocuspocus-server.ts', import.meta.url))],
  createRoom: async (_port, name) => ({ name }),
  join,
  open,
  openByClient: openByProvider,
};

const frames = new FrameCache<Meaning>((frame) => {
  const decoder = decoding.createDecoder(Uint8Array.from(frame));
  decoding.readVarString(decoder);
  const type = decoding.readVarUint(decoder);
  if (type === SYNC_STATUS) return { kind: 'status' };
  if (type === AUTH) return { kind: decoding.readVarUint(decoder) === AUTHENTICATED ? 'authenticated' : 'denied' };
  if (type !== SYNC) return { kind: 'other' };
  const step = decoding.readVarUint(decoder);
  if (step === STEP_1) return { kind: 'step1' };
  const update = decoding.readVarUint8Array(decoder);
  return { kind: step === STEP_2 ? 'step2' : 'update', update, keys: step === UPDATE ? keysIn(update) : [] };
});

function message(room: Room, ...parts: (number | string | Uint8Array)[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarString(encoder, room.name);
    for (const part of parts) {
      if (typeof part === 'number') encoding.writeVarUint(encoder, part);
      else if (typeof part === 'string') encoding.writeVarString(encoder, part);
      else encoding.writeVarUint8Array(encoder, part);
    }
  });
}

/** Connects, passes the (empty) authentication and asks for the state; resolves with the socket at once. */
async function connect(port: number, room: Room, onMeaning: (meaning: Meaning) => void): Promise<ThinSocket> {
  const socket: ThinSocket = await ThinSocket.open({
    port,
    path: '/',
    onMessage: (frame) => {
      const meaning = frames.read(frame);
      if (meaning.kind === 'denied') throw new Error('Hocuspocus denied the connection');
      if (meaning.kind === 'step1') socket.send(message(room, SYNC, STEP_2, EMPTY_UPDATE));
      onMeaning(meaning);
    },
  });
  // Both at once: the server keeps the second until the first has passed, and opening is as fast as it can be.
  socket.send(message(room, AUTH, AUTH_TOKEN, 'bench'));
  socket.send(message(room, SYNC, STEP_1, encodeStateVector(new Doc())));
  return socket;
}

async function join({ port, room, events }: MemberOptions): Promise<Member> {
  const synced = deferred();
  const outstanding = new Outstanding();
  let ownStep2 = true;
  const socket = await connect(port, room, (meaning) => {
    if (meaning.kind === 'step2') synced.resolve();
    if ('keys' in meaning && meaning.kind === 'update') events.delivered(meaning.keys);
    if (meaning.kind !== 'status') return;
    // The first status answers the empty step 2 above, the others one update each.
    if (!ownStep2) {
      outstanding.acknowledge(1);
      events.acknowledged(outstanding.acknowledged);
    }
    ownStep2 = false;
  });
  await synced.promise;
  return {
    send: (update) => {
      outstanding.sent();
      socket.send(message(room, SYNC, UPDATE, update));
    },
    close: async () => {
      await outstanding.settled();
      await socket.close();
    },
  };
}

async function open(port: number, room: Room, whole?: Whole): Promise<OpenDocument> {
  const document = new Doc();
  const ready = deferred();
  const socket = await connect(port, room, (meaning) => {
    if (!('update' in meaning)) return;
    applyUpdate(document, meaning.update);
    if (whole === undefined ? meaning.kind === 'step2' : whole(document)) ready.resolve();
  });
  await ready.promise;
  return { document, close: () => socket.close() };
}
