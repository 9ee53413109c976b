import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { clientSockets } from '../harness/client-socket.ts';
import type { OpenDocument, Room, Whole } from './peer.ts';
import { contents } from './yjs-wire.ts';

/** Opens a document with y-websocket's own provider; other programs of this machine are no way to get it. */
export async function openByProvider(port: number, room: Room, whole?: Whole): Promise<OpenDocument> {
  const { Socket, closed } = clientSockets();
  const document = new Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, room.name, document, {
    WebSocketPolyfill: Socket,
    disableBc: true,
  });
  await contents(document, whole, (synced) => provider.once('sync', synced));
  return {
    document,
    close: async () => {
      provider.destroy();
      await closed();
    },
  };
}
