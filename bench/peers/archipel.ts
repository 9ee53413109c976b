import { fileURLToPath } from 'node:url';
import { createKeys, signHeader } from '@archipel/protocol/secret';
import { applyUpdate } from 'yjs';
import { openByClient } from './archipel-client.ts';
import { openingCryptography } from './archipel-cryptography.ts';
import { ArchipelLine, type LineEvents } from './archipel-line.ts';
import { keysOf, linkTo, makeRoom } from './archipel-room.ts';
import { loadSuite } from './archipel-suite.ts';
import { ArchipelWriter } from './archipel-writer.ts';
import type { Member, MemberOptions, OpenDocument, Peer, Room, Whole } from './peer.ts';
import { contents } from './yjs-wire.ts';

/** Records of a replay that are under way before the next ones wait for their acknowledgement. */
const RECORDS_AT_ONCE = 20;

/**
 * Our relay. Writers seal, sign and merge as the client does and with its timing; readers and writers prove themselves but
 * open nothing of what they read, or the generator would be slower than the relay. Opening and replaying is done by the
 * whole client.
 */
export const archipel: Peer = {
  name: 'archipel',
  stores: true,
  acknowledges: 'committed',
  editsPerStoredUpdate: 50,
  editsPerTypedUpdate: 5,
  serverArguments: [fileURLToPath(new URL('./archipel-server.ts', import.meta.url))],
  createRoom,
  join,
  open,
  cryptography: openingCryptography,
  replay,
  eraseHistory,
};

export const IGNORE: LineEvents = {
  keys: () => undefined,
  records: () => undefined,
  ack: () => undefined,
  peers: () => undefined,
};
const creators = new Map<number, Promise<ArchipelLine>>();

/** One connection per server creates all documents, as a program would; a browser needs none of its own for it either. */
async function createRoom(port: number, name: string): Promise<Room> {
  const creator = creators.get(port) ?? ArchipelLine.connect(port, IGNORE);
  creators.set(port, creator);
  return createRoomOn(await creator, name);
}

/** A new document, by a connection of whoever asks. */
export async function createRoomOn(line: ArchipelLine, name: string): Promise<Room> {
  const keys = await createKeys(loadSuite);
  await line.create(await signHeader(loadSuite, keys, { seq: 1, expiry: 0 }));
  return makeRoom(name, keys);
}

async function join({ port, room, writer, events }: MemberOptions): Promise<Member> {
  const keys = keysOf(room);
  let typist: ArchipelWriter | undefined;
  const line = await ArchipelLine.connect(port, {
    keys: events.delivered,
    records: (places) => typist?.saw(places),
    ack: (session, have) => typist?.acknowledge(session, have),
    peers: (connections) => {
      if (typist !== undefined) typist.company = connections > 1;
    },
  });
  if (writer !== undefined) {
    const send: ArchipelLine['send'] = (message) => line.send(message);
    typist = new ArchipelWriter({ suite: loadSuite, keys, writer, send, durable: events.acknowledged });
  }
  await line.open(keys, writer === undefined ? 'view' : 'edit');
  return {
    send: (update) => typist?.add(update),
    close: async () => {
      await typist?.settled();
      await line.close();
    },
  };
}

async function open(port: number, room: Room, whole?: Whole): Promise<OpenDocument> {
  const { document, closeAll } = await openByClient(port, linkTo(room, 'edit'));
  await contents(document.ydoc, whole, (synced) => void document.synced().then(synced));
  return { document: document.ydoc, close: closeAll };
}

/** Each update becomes one record, by the client: with its outbox, its checkpoints and its own leaving. */
async function replay(port: number, room: Room, updates: readonly Uint8Array[]): Promise<void> {
  const { document, closeAll } = await openByClient(port, linkTo(room, 'edit'));
  await document.synced();
  for (const [index, update] of updates.entries()) {
    applyUpdate(document.ydoc, update, 'replay');
    await document.hide();
    if (index % RECORDS_AT_ONCE === 0) await document.flush();
  }
  await document.flush();
  await closeAll();
}

async function eraseHistory(port: number, room: Room): Promise<void> {
  const { document, closeAll } = await openByClient(port, linkTo(room, 'own'));
  await document.synced();
  const erased = await document.eraseHistory();
  if (!erased.ok) throw new Error(`history not erased: ${erased.error}`);
  await closeAll();
}
