/** A bare client on a real socket: sends what it is told, keeps what it gets. */
import { once } from 'node:events';
import type { Bytes, ClientMessage, Opened, RelayMessage, RelayMessageType, Role, Vector } from '@archipel/protocol';
import { decodeRelayFrame, encodeFrame, toHex } from '@archipel/protocol';
import { WebSocket } from 'ws';
import type { Author, TestSession } from './author.ts';

const PATIENCE_MS = 10_000;

type Of<T extends RelayMessageType> = Extract<RelayMessage, { type: T }>;
export interface Received {
  channel: number;
  message: RelayMessage;
}
interface Waiter {
  accepts: (received: Received) => boolean;
  resolve: (received: Received) => void;
}

export interface OpenOptions {
  checkpointSeq?: number;
  vector?: Vector;
  audience?: string;
  nonce?: Bytes;
  proof?: Bytes;
}

export class TestClient {
  readonly ws: WebSocket;
  readonly audience: string;
  /** Everything received, in order; `next` takes from it. */
  readonly received: Received[] = [];
  frames = 0;
  closeCode: number | undefined;
  #waiters: Waiter[] = [];
  readonly #acks = new Map<string, number>();
  #lastRequest = 0;
  nonce: Bytes = new Uint8Array(0);

  private constructor(url: string, headers: Record<string, string>) {
    this.audience = headers.host ?? new URL(url).host;
    this.ws = new WebSocket(url, ['arc1'], { headers, perMessageDeflate: false });
    this.ws.on('message', (data: Buffer) => this.#receive(new Uint8Array(data)));
    this.ws.on('close', (code) => {
      this.closeCode = code;
    });
    this.ws.on('error', () => undefined);
  }

  /** Connected and greeted. */
  static async connect(port: number, headers: Record<string, string> = {}): Promise<TestClient> {
    const client = new TestClient(`ws://127.0.0.1:${port}/relay`, headers);
    client.nonce = (await client.next('welcome')).nonce;
    return client;
  }

  /** Connected, but perhaps turned away. */
  static async dial(port: number, headers: Record<string, string> = {}): Promise<TestClient> {
    const client = new TestClient(`ws://127.0.0.1:${port}/relay`, headers);
    await once(client.ws, 'open');
    return client;
  }

  #receive(frame: Uint8Array): void {
    this.frames += 1;
    const decoded = decodeRelayFrame(frame);
    if (!decoded.ok) throw new Error(`the relay sent a frame that does not decode: ${decoded.error}`);
    for (const message of decoded.value.messages) {
      const received = { channel: decoded.value.channel, message };
      const waiter = this.#waiters.find(({ accepts }) => accepts(received));
      if (waiter === undefined) this.received.push(received);
      else {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        waiter.resolve(received);
      }
    }
  }

  send(channel: number, ...messages: ClientMessage[]): void {
    this.ws.send(encodeFrame(channel, messages));
  }

  /** The next message of this type, one that came already included. */
  next<T extends RelayMessageType>(type: T, channel?: number): Promise<Of<T>> {
    return this.nextOf([type], channel);
  }

  async nextOf<T extends RelayMessageType>(types: T[], channel?: number): Promise<Of<T>> {
    const accepts = (received: Received): boolean =>
      types.includes(received.message.type as T) && (channel === undefined || received.channel === channel);
    const index = this.received.findIndex(accepts);
    if (index >= 0) return (this.received.splice(index, 1)[0] as Received).message as Of<T>;
    const received = await new Promise<Received>((resolve, reject) => {
      const timer = setTimeout(() => {
        const seen = this.received.map(({ message }) => message.type).join(' ');
        reject(new Error(`no ${types.join(' or ')} came; waiting: ${seen}; closed: ${this.closeCode}`));
      }, PATIENCE_MS);
      this.#waiters.push({
        accepts,
        resolve: (got) => {
          clearTimeout(timer);
          resolve(got);
        },
      });
    });
    return received.message as Of<T>;
  }

  request(): number {
    this.#lastRequest += 1;
    return this.#lastRequest;
  }

  create(author: Author): Promise<Of<'created'>> {
    this.send(0, { type: 'create', request: this.request(), header: author.headerBytes });
    return this.next('created');
  }

  askOpen(author: Author, role: Role, options: OpenOptions = {}): void {
    const proof = options.proof ?? author.prove(options.nonce ?? this.nonce, role, options.audience ?? this.audience);
    const { checkpointSeq = 0, vector = [] } = options;
    this.send(0, { type: 'open', request: this.request(), docId: author.docId, role, proof, checkpointSeq, vector });
  }

  /** Opened and caught up: the records that came until then are in `records`. */
  async open(author: Author, role: Role, options: OpenOptions = {}): Promise<Opened & { records: Bytes[] }> {
    this.askOpen(author, role, options);
    const opened = await this.next('opened');
    await this.next('caughtUp', opened.channel);
    return { ...opened, records: this.takeRecords(opened.channel) };
  }

  /** Takes the records that came so far. */
  takeRecords(channel: number): Bytes[] {
    const records: Bytes[] = [];
    for (let i = 0; i < this.received.length; ) {
      const { channel: of, message } = this.received[i] as Received;
      if (of !== channel || message.type !== 'records') i += 1;
      else {
        records.push(...message.records);
        this.received.splice(i, 1);
      }
    }
    return records;
  }

  /** Waits until that many records came. */
  async records(channel: number, count: number): Promise<Bytes[]> {
    const records = this.takeRecords(channel);
    while (records.length < count) records.push(...(await this.next('records', channel)).records);
    return records;
  }

  append(channel: number, ...records: Bytes[]): void {
    for (const record of records) this.send(channel, { type: 'append', record });
  }

  /** Waits until the session is acknowledged up to `have`. */
  async acked(channel: number, have: number): Promise<void> {
    while ((await this.next('ack', channel)).have < have);
  }

  /** Waits until all records of these sessions are acknowledged. */
  async saved(...sessions: TestSession[]): Promise<void> {
    while (sessions.some(({ id, n }) => (this.#acks.get(toHex(id)) ?? 0) < n)) {
      const { session, have } = await this.next('ack');
      this.#acks.set(toHex(session), have);
    }
  }

  /** Round trip: whatever was sent before was handled. */
  async settled(): Promise<void> {
    this.send(0, { type: 'ping', payload: new Uint8Array(8) });
    await this.next('pong');
  }

  async closed(): Promise<number> {
    if (this.closeCode === undefined) await once(this.ws, 'close');
    return this.closeCode as number;
  }

  close(): void {
    this.ws.terminate();
  }
}
