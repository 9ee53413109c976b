import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:net';

const CONNECT_LIMIT_MS = 30_000;
const HEAD_END = Buffer.from('\r\n\r\n');
const READ_BUFFER = Buffer.allocUnsafe(1 << 18);

export interface ThinSocketOptions {
  port: number;
  path: string;
  subprotocol?: string;
  /** One message; the bytes are valid during the call only. */
  onMessage: (message: Buffer) => void;
  /** The connection ended, by whomever. */
  onClose?: () => void;
}

/**
 * A WebSocket client (RFC 6455) without what a load generator can do without: one read buffer for all sockets, no event
 * and no allocation per message. A hundred readers of a busy document then cost the generator less than the server.
 */
export class ThinSocket {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  readonly #frames: FrameReader;

  private constructor(socket: Socket, frames: FrameReader) {
    this.#socket = socket;
    this.#frames = frames;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Connects and upgrades. Throws when the server refuses or does not answer in 30 s. */
  static open(options: ThinSocketOptions): Promise<ThinSocket> {
    return new Promise((resolve, reject) => {
      let thin: ThinSocket | undefined;
      const frames = new FrameReader(options.onMessage, (opcode, body) => {
        if (thin !== undefined) thin.#control(opcode, body);
      });
      const head = new HeadReader();
      const socket = connect({
        host: '127.0.0.1',
        port: options.port,
        noDelay: true,
        onread: {
          buffer: READ_BUFFER,
          callback: (count, buffer) => {
            const bytes = (buffer as Buffer).subarray(0, count);
            if (thin !== undefined) {
              frames.read(bytes);
              return true;
            }
            const rest = head.read(bytes);
            if (rest === undefined) return true;
            clearTimeout(limit);
            if (!head.accepted) {
              socket.destroy(new Error(`upgrade refused: ${head.statusLine}`));
              return false;
            }
            thin = new ThinSocket(socket, frames);
            resolve(thin);
            frames.read(rest);
            return true;
          },
        },
      });
      const limit = setTimeout(() => socket.destroy(new Error('no answer to the upgrade')), CONNECT_LIMIT_MS);
      socket.once('error', reject);
      socket.once('close', () => {
        clearTimeout(limit);
        reject(new Error('closed before the upgrade'));
        options.onClose?.();
      });
      socket.write(upgradeRequest(options));
    });
  }

  /** Sends one binary message. */
  send(message: Uint8Array): void {
    this.#write(BINARY, message);
  }

  /** Sends bytes that `maskedFrame` made before. */
  sendFrame(frame: Buffer): void {
    if (this.#socket.writable) this.#socket.write(frame);
  }

  /** Says goodbye and waits until the server has closed the connection. */
  async close(): Promise<void> {
    if (!this.#socket.destroyed) this.#write(0x8, Buffer.from([0x03, 0xe8]));
    const limit = setTimeout(() => this.#socket.destroy(), CONNECT_LIMIT_MS);
    await this.#closed;
    clearTimeout(limit);
  }

  #control(opcode: number, body: Buffer): void {
    if (opcode === 0x9) this.#write(0xa, body);
    if (opcode !== 0x8) return;
    this.#write(0x8, body);
    this.#frames.end();
    this.#socket.end();
  }

  #write(opcode: number, payload: Uint8Array): void {
    this.sendFrame(maskedFrame(opcode, payload));
  }
}

function upgradeRequest({ port, path, subprotocol }: ThinSocketOptions): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
  ];
  if (subprotocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** The opcode of a binary message. */
export const BINARY = 0x2;

/** One final frame of a client: masked, as RFC 6455 5.3 demands. */
export function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const size = payload.length;
  const headSize = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headSize + 4 + size);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (size < 126 ? size : size < 65_536 ? 126 : 127);
  if (headSize === 4) frame.writeUInt16BE(size, 2);
  if (headSize === 10) frame.writeBigUInt64BE(BigInt(size), 2);
  frame.writeUInt32LE((Math.random() * 4_294_967_295 + 1) >>> 0, headSize);
  const start = headSize + 4;
  for (let index = 0; index < size; index++) {
    frame[start + index] = (payload[index] as number) ^ (frame[headSize + (index & 3)] as number);
  }
  return frame;
}

class HeadReader {
  #bytes = Buffer.alloc(0);

  get statusLine(): string {
    return this.#bytes.toString('latin1').split('\r\n')[0] ?? '';
  }

  get accepted(): boolean {
    return this.statusLine.startsWith('HTTP/1.1 101');
  }

  /** The bytes after the head of the answer, or undefined while it is not complete. */
  read(bytes: Buffer): Buffer | undefined {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const end = this.#bytes.indexOf(HEAD_END);
    return end < 0 ? undefined : this.#bytes.subarray(end + HEAD_END.length);
  }
}

/** Cuts a stream of unmasked frames into messages, without a copy where a message lies in one read. */
export class FrameReader {
  #partial: Buffer = Buffer.alloc(0);
  #large: Buffer | undefined;
  #largeFilled = 0;
  #largeFirst = 0;
  /** Pieces so far of a message that comes in fragments. */
  #fragments: Buffer[] = [];
  #ended = false;
  readonly #onMessage: (message: Buffer) => void;
  readonly #onControl: (opcode: number, body: Buffer) => void;

  constructor(onMessage: (message: Buffer) => void, onControl: (opcode: number, body: Buffer) => void) {
    this.#onMessage = onMessage;
    this.#onControl = onControl;
  }

  end(): void {
    this.#ended = true;
  }

  read(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#partial.length > 0) {
      bytes = Buffer.concat([this.#partial, chunk]);
      this.#partial = Buffer.alloc(0);
    }
    let at = this.#fillLarge(bytes);
    while (at < bytes.length && !this.#ended) {
      const next = this.#frame(bytes, at);
      if (next < 0) {
        this.#partial = Buffer.from(bytes.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** Handles the frame at `at` and returns where the next one begins, or -1 when its head is not complete. */
  #frame(bytes: Buffer, at: number): number {
    if (bytes.length - at < 2) return -1;
    const first = bytes[at] as number;
    let size = (bytes[at + 1] as number) & 0x7f;
    let body = at + 2;
    if (size >= 126) {
      body += size === 126 ? 2 : 8;
      if (bytes.length < body) return -1;
      size = size === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    }
    if (bytes.length >= body + size) {
      this.#deliver(first, bytes.subarray(body, body + size));
      return body + size;
    }
    this.#large = Buffer.allocUnsafe(size);
    this.#largeFilled = bytes.copy(this.#large, 0, body);
    this.#largeFirst = first;
    return bytes.length;
  }

  #fillLarge(bytes: Buffer): number {
    if (this.#large === undefined) return 0;
    const taken = bytes.copy(this.#large, this.#largeFilled);
    this.#largeFilled += taken;
    if (this.#largeFilled === this.#large.length) {
      const message = this.#large;
      this.#large = undefined;
      this.#deliver(this.#largeFirst, message);
    }
    return taken;
  }

  /** `first` is the frame's first byte: the final bit and the opcode (RFC 6455 5.2). */
  #deliver(first: number, body: Buffer): void {
    const opcode = first & 0x0f;
    if (opcode >= 0x8) this.#onControl(opcode, body);
    else if (first === opcode) this.#fragments.push(Buffer.from(body));
    else if (opcode !== 0x0) this.#onMessage(body);
    else {
      const message = Buffer.concat([...this.#fragments, body]);
      this.#fragments = [];
      this.#onMessage(message);
    }
  }
}
