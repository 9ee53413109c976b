/** What a host says, signed, that it holds of a document: asked by a bare client, which shows what no real one would. */
import { webSocket } from '@archipel/client';
import type { ClientMessage, RelayMessage, RelayMessageType, Statement } from '@archipel/protocol';
import { checkStatement, decodeRelayFrame, encodeFrame, fromHex, toHex } from '@archipel/protocol';
import { keysFromLink, parseLink, prove, webSuite } from '@archipel/protocol/secret';
import { verify } from '@archipel/relay';
import type { KnownHost } from '@archipel/relay/services';

type Of<T extends RelayMessageType> = Extract<RelayMessage, { type: T }>;

/** By session, in the order of their ids: how many records are on its disk, and the hash of the last. */
export function frontierOf({ frontier }: Statement): string[] {
  return frontier.map(({ session, have, hash }) => `${toHex(session)} ${have} ${toHex(hash)}`);
}

/** Throws when the host does not serve the document, or what it says is not signed by it. */
export async function askStatement(host: KnownHost, link: string): Promise<Statement> {
  const parsed = parseLink(link);
  const keys = parsed.ok ? await keysFromLink(webSuite, parsed.value) : parsed;
  if (!keys.ok) throw new Error(keys.error);
  const { docId } = keys.value;
  const line = new BareLine(host.url);
  try {
    const { nonce } = await line.next('welcome');
    const proof = await prove(keys.value, 'view', nonce, docId, new URL(host.url).host);
    line.send(0, { type: 'open', request: 1, docId, role: 'view', proof, checkpointSeq: 0, vector: [] });
    const { channel } = await line.next('opened');
    line.send(channel, { type: 'askStatement' });
    const { fact } = await line.next('statement');
    const wish = { nowSeconds: Math.floor(Date.now() / 1000), host: fromHex(host.id) ?? docId };
    const checked = await checkStatement(fact, wish, verify);
    if (!checked.ok) throw new Error(checked.error);
    return checked.value.fact;
  } finally {
    line.close();
  }
}

class BareLine {
  readonly #socket;
  readonly #received: RelayMessage[] = [];
  #isClosed = false;
  #look = (): void => undefined;

  constructor(url: string) {
    this.#socket = webSocket(url);
    this.#socket.onmessage = (bytes) => {
      const frame = decodeRelayFrame(bytes);
      if (!frame.ok) throw new Error(frame.error);
      this.#received.push(...frame.value.messages);
      this.#look();
    };
    this.#socket.onclose = () => {
      this.#isClosed = true;
      this.#look();
    };
  }

  send(channel: number, message: ClientMessage): void {
    this.#socket.send(encodeFrame(channel, [message]));
  }

  next<T extends RelayMessageType>(type: T): Promise<Of<T>> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const found = this.#received.find((message) => message.type === type || message.type === 'refused');
        if (found?.type === type) resolve(found as Of<T>);
        else if (found?.type === 'refused') reject(new Error(found.error));
        else if (this.#isClosed) reject(new Error('closed'));
      };
      this.#look();
    });
  }

  close(): void {
    this.#socket.onclose = null;
    this.#socket.close();
  }
}
