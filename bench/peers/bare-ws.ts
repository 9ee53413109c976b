import { fileURLToPath } from 'node:url';
import { ThinSocket } from '../harness/thin-socket.ts';
import { FrameCache } from './frame-cache.ts';
import type { Member, MemberOptions, Peer } from './peer.ts';
import { keysIn } from './yjs-wire.ts';

const frames = new FrameCache(keysIn);

/** A fan-out on the `ws` package: every message to every other socket of the room, as it comes. */
export const bareWs: Peer = {
  name: 'bare-ws',
  stores: false,
  acknowledges: 'none',
  editsPerStoredUpdate: 1,
  serverArguments: [fileURLToPath(new URL('./bare-ws-server.ts', import.meta.url))],
  createRoom: async (_port, name) => ({ name }),
  join,
  open: async () => {
    throw new Error('a bare fan-out keeps nothing that could be opened');
  },
};

async function join({ port, room, events }: MemberOptions): Promise<Member> {
  const socket = await ThinSocket.open({
    port,
    path: `/${room.name}`,
    onMessage: (message) => events.delivered(frames.read(message)),
  });
  return { send: (update) => socket.send(update), close: () => socket.close() };
}
