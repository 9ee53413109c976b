import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { Doc } from 'yjs';
import { clientSockets } from '../harness/client-socket.ts';
import type { OpenDocument, Room, Whole } from './peer.ts';
import { contents } from './yjs-wire.ts';

/** Opens a document with @hocuspocus/provider, a socket of its own for each, every setting at its default. */
export async function openByProvider(port: number, room: Room, whole?: Whole): Promise<OpenDocument> {
  const { Socket, closed } = clientSockets();
  const document = new Doc();
  const url = `ws://127.0.0.1:${port}`;
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: Socket });
  const provider = new HocuspocusProvider({ websocketProvider, name: room.name, document, token: 'bench' });
  provider.attach();
  await contents(document, whole, (synced) => void provider.on('synced', synced));
  return {
    document,
    close: async () => {
      provider.destroy();
      websocketProvider.destroy();
      await closed();
    },
  };
}
