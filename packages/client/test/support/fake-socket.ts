/** A socket that says what a test tells it to say. */
import type { SocketLike } from '@archipel/client';
import type { ClientMessage, RelayMessage } from '@archipel/protocol';
import { decodeClientFrame, encodeFrame } from '@archipel/protocol';

export const WELCOME: RelayMessage = {
  type: 'welcome',
  version: 1,
  nonce: new Uint8Array(32),
  time: 1,
  software: 'test',
  maxRecordBytes: 1,
  maxCheckpointBytes: 1,
  maxDocumentBytes: 1,
  maxExpirySeconds: 0,
  defaultExpirySeconds: 0,
};

export class FakeSocket implements SocketLike {
  onmessage: ((frame: Uint8Array) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: ClientMessage[] = [];
  closed = false;
  send = (bytes: Uint8Array): void => {
    const frame = decodeClientFrame(bytes);
    if (frame.ok) this.sent.push(...frame.value.messages);
  };
  close = (): void => {
    this.closed = true;
  };
  say(message: RelayMessage, channel = 0): void {
    this.onmessage?.(encodeFrame(channel, [message]));
  }
}
