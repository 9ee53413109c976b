import {
  type Client,
  createClient,
  type Document,
  memoryStorage,
  type OpenSocket,
  type SocketLike,
} from '@archipel/client';
import { ThinSocket } from '../harness/thin-socket.ts';

/** The client's socket on the one that every peer of the bench has, so that opening compares servers and clients alone. */
const thinSocket: OpenSocket = (url) => {
  const { port, pathname } = new URL(url);
  let socket: ThinSocket | undefined;
  const like: SocketLike = {
    onmessage: null,
    onclose: null,
    send: (frame) => socket?.send(frame),
    close: () => void socket?.close(),
  };
  const opening = ThinSocket.open({
    port: Number(port),
    path: pathname,
    subprotocol: 'arc1',
    onMessage: (frame) => like.onmessage?.(Uint8Array.from(frame)),
    onClose: () => like.onclose?.(),
  });
  opening.then(
    (opened) => {
      socket = opened;
    },
    () => undefined, // a refused connection has called onClose
  );
  return like;
};

export interface OpenedByClient {
  client: Client;
  document: Document;
}

/** Opens a link as a browser does that has nothing of the document yet: the whole client, with nothing left out. */
export async function openByClient(port: number, link: string): Promise<OpenedByClient> {
  const client = createClient({ storage: memoryStorage(), socket: thinSocket });
  const document = await client.open(link, { relay: `ws://127.0.0.1:${port}/relay` });
  return { client, document };
}
