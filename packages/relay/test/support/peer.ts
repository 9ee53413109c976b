/** Another host as a test plays it: proves itself with a key of its own, says what it is told, keeps what it hears. */
import { once } from 'node:events';
import type { Bytes, PeerMessage, PeerMessageType } from '@archipel/protocol';
import { decodePeerFrame, encodePeerFrame, hostProofInput } from '@archipel/protocol';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Identity } from '../../src/network/identity.ts';
import { bytes } from './author.ts';

const PATIENCE_MS = 10_000;
const LOOK_MS = 10;

type Of<T extends PeerMessageType> = Extract<PeerMessage, { type: T }>;

export class TestPeer {
  readonly ws: WebSocket;
  readonly nonce = bytes(32);
  readonly heard: { channel: number; message: PeerMessage }[] = [];
  isClosed = false;

  constructor(port: number) {
    this.ws = new WebSocket(`ws://127.0.0.1:${port}/peer`, ['arc1-peer'], { perMessageDeflate: false });
    this.ws.on('error', () => undefined);
    this.ws.on('close', () => {
      this.isClosed = true;
    });
    this.ws.on('message', (data: Buffer) => {
      const frame = decodePeerFrame(new Uint8Array(data));
      if (!frame.ok) throw new Error(frame.error);
      for (const message of frame.value.messages) this.heard.push({ channel: frame.value.channel, message });
    });
    onTestFinished(() => this.ws.terminate());
  }

  say(channel: number, message: PeerMessage): void {
    this.ws.send(encodePeerFrame(channel, [message]));
  }

  /** Greets, and proves itself to the host of this id; resolves when that has proved itself too. */
  async prove(identity: Identity, audience: Bytes, wrong: { nonce?: Bytes } = {}): Promise<void> {
    await once(this.ws, 'open');
    this.say(0, { type: 'greeting', version: 1, nonce: this.nonce });
    const { nonce } = await this.next('greeting');
    const signature = identity.sign(hostProofInput(wrong.nonce ?? nonce, this.nonce, audience));
    this.say(0, { type: 'hostProof', key: identity.publicKey, signature });
    await this.next('hostProof');
  }

  /** The next message of this type, one that came already included. */
  next<T extends PeerMessageType>(type: T): Promise<Of<T>> {
    return this.nextOf([type]);
  }

  async nextOf<T extends PeerMessageType>(types: readonly T[]): Promise<Of<T>> {
    for (const untilMs = Date.now() + PATIENCE_MS; Date.now() < untilMs; ) {
      const index = this.heard.findIndex(({ message }) => types.includes(message.type as T));
      if (index >= 0) return this.heard.splice(index, 1)[0]?.message as Of<T>;
      if (this.isClosed) throw new Error(`the line was closed before ${types}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`no ${types} came`);
  }

  async closed(): Promise<void> {
    if (!this.isClosed) await once(this.ws, 'close');
  }
}
