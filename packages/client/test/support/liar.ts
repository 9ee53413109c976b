/** Sits between a client and a real relay, and lies as it is told. */
import type { OpenSocket, SocketLike } from '@archipel/client';
import { webSocket } from '@archipel/client';
import type { ClientMessage, RelayMessage } from '@archipel/protocol';
import { decodeClientFrame, decodeRelayFrame, encodeFrame } from '@archipel/protocol';

type Change<M> = (message: M) => M[];

const honest = <M>(message: M): M[] => [message];

export class Liar {
  /** What becomes of each message; none, itself, another, several. */
  toClient: Change<RelayMessage> = honest;
  toRelay: Change<ClientMessage> = honest;
  /** Every frame that the client sent. */
  readonly sent: Uint8Array[] = [];
  /** Messages of the client, decoded. */
  readonly asked: ClientMessage[] = [];
  #last: { socket: SocketLike; channel: number } | undefined;

  readonly socket: OpenSocket = (url) => {
    const real = webSocket(url);
    const socket: SocketLike = {
      onmessage: null,
      onclose: null,
      close: () => real.close(),
      send: (bytes) => {
        this.sent.push(bytes);
        const frame = decodeClientFrame(bytes);
        if (!frame.ok) throw new Error(`the client sent ${frame.error}`);
        this.asked.push(...frame.value.messages);
        const messages = frame.value.messages.flatMap((message) => this.toRelay(message));
        if (messages.length > 0) real.send(encodeFrame(frame.value.channel, messages));
      },
    };
    real.onclose = () => socket.onclose?.();
    real.onmessage = (bytes) => {
      const frame = decodeRelayFrame(bytes);
      if (!frame.ok) throw new Error(`the relay sent ${frame.error}`);
      const { channel } = frame.value;
      if (channel !== 0) this.#last = { socket, channel };
      const messages = frame.value.messages.flatMap((message) => this.toClient(message));
      // One by one: several may not fit into a frame.
      for (const message of messages) socket.onmessage?.(encodeFrame(channel, [message]));
    };
    return socket;
  };

  /** Tells the client something that the relay never said. */
  say(message: RelayMessage): void {
    if (this.#last === undefined) throw new Error('no document is open');
    this.#last.socket.onmessage?.(encodeFrame(this.#last.channel, [message]));
  }

  /** Nothing passes any more, in either direction: a client that crashed, or a cable that was cut. */
  silence(): void {
    this.toClient = () => [];
    this.toRelay = () => [];
  }

  honest(): void {
    this.toClient = honest;
    this.toRelay = honest;
  }
}
