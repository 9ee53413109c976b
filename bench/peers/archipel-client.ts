import { createClient, type Document, memoryStorage, type OpenSocket, type SocketLike } from '@archipel/client';
import { type ClientSockets, clientSockets } from '../harness/client-socket.ts';

/** As the client opens one by itself (packages/client, defaults.ts), on the WebSocket that all clients of the bench have. */
function socketOn({ Socket }: ClientSockets): OpenSocket {
  return (url) => {
    const socket = new Socket(url, 'arc1');
    socket.binaryType = 'arraybuffer';
    const like: SocketLike = {
      onmessage: null,
      onclose: null,
      send: (frame) => socket.send(frame as Uint8Array<ArrayBuffer>),
      close: () => socket.close(),
    };
    socket.onmessage = ({ data }) => like.onmessage?.(new Uint8Array(data as ArrayBuffer));
    socket.onclose = () => like.onclose?.();
    return like;
  };
}

export interface OpenedByClient {
  document: Document;
  /** Leaves as a person does, and waits until the server has closed the connection. */
  closeAll(): Promise<void>;
}

/** Opens a link as a browser does that has nothing of the document yet: a new client, with nothing left out. */
export async function openByClient(port: number, link: string): Promise<OpenedByClient> {
  const sockets = clientSockets();
  const client = createClient({ storage: memoryStorage(), socket: socketOn(sockets) });
  const document = await client.open(link, { relay: `ws://127.0.0.1:${port}/relay` });
  return {
    document,
    closeAll: async () => {
      await client.close();
      await sockets.closed();
    },
  };
}
