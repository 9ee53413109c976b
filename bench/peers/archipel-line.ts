import {
  type Bytes,
  type ClientMessage,
  decodeRelayFrame,
  encodeFrame,
  peekRecord,
  type RecordPlace,
  type RelayMessage,
  type Role,
} from '@archipel/protocol';
import { type Keys, prove } from '@archipel/protocol/secret';
import { BINARY, maskedFrame, ThinSocket } from '../harness/thin-socket.ts';
import { FrameCache } from './frame-cache.ts';
import type { KeyRange } from './peer.ts';

type Message<T extends RelayMessage['type']> = Extract<RelayMessage, { type: T }>;

/** What one frame of the relay means to the load. */
interface Meaning {
  /** Keys in its live messages and records, as their writers sealed them. */
  keys: KeyRange[];
  records: RecordPlace[];
  others: RelayMessage[];
}

/**
 * Which keys lie in what was sealed, by the last bytes of its signature: a thin reader cannot open anything, and need not.
 * The writers are in the same process and say what they sealed before they send it.
 */
const sealedKeys = new Map<string, KeyRange>();
const NAME_BYTES = 16;

function nameOf(sealed: Bytes): string {
  return Buffer.from(sealed.buffer, sealed.byteOffset + sealed.length - NAME_BYTES, NAME_BYTES).toString('latin1');
}

/** To be called before these bytes are sent. */
export function remember(sealed: Bytes, keys: KeyRange): void {
  sealedKeys.set(nameOf(sealed), keys);
}

const frames = new FrameCache<Meaning>((bytes) => {
  const frame = decodeRelayFrame(Uint8Array.from(bytes));
  if (!frame.ok) throw new Error(`frame of the relay: ${frame.error}`);
  const meaning: Meaning = { keys: [], records: [], others: [] };
  const add = (sealed: Bytes) => {
    const keys = sealedKeys.get(nameOf(sealed));
    if (keys !== undefined) meaning.keys.push(keys);
  };
  for (const message of frame.value.messages) {
    if (message.type === 'liveData') add(message.live);
    else if (message.type === 'records') {
      for (const record of message.records) {
        const place = peekRecord(record);
        if (place.ok) meaning.records.push(place.value);
        add(record);
      }
    } else meaning.others.push(message);
  }
  return meaning;
});

export interface LineEvents {
  keys(keys: readonly KeyRange[]): void;
  records(places: readonly RecordPlace[]): void;
  ack(session: Bytes, have: number): void;
  peers(connections: number): void;
  /** What was sent is not taken; without this the load ends here. */
  refused?(error: string): void;
}

/** One connection to our relay: proved as a client's, but it opens and verifies nothing of what it reads. */
export class ArchipelLine {
  readonly #port: number;
  readonly #events: LineEvents;
  readonly #waiting = new Map<string, (message: RelayMessage) => void>();
  #socket!: ThinSocket;
  #nonce: Bytes = new Uint8Array();
  #request = 0;
  #channel = 0;

  private constructor(port: number, events: LineEvents) {
    this.#port = port;
    this.#events = events;
  }

  static async connect(port: number, events: LineEvents): Promise<ArchipelLine> {
    const line = new ArchipelLine(port, events);
    const welcome = line.#next('welcome');
    line.#socket = await ThinSocket.open({
      port,
      path: '/relay',
      subprotocol: 'arc1',
      onMessage: (frame) => line.#hear(frames.read(frame)),
    });
    line.#nonce = (await welcome).nonce;
    return line;
  }

  /** Many may be under way at once. */
  async create(header: Bytes): Promise<void> {
    const request = ++this.#request;
    const created = this.#next(`created ${request}`);
    this.#socket.send(encodeFrame(0, [{ type: 'create', request, header }]));
    await created;
  }

  /** Opens the document and waits until the relay has sent all of it. */
  async open(keys: Keys, role: Role): Promise<void> {
    const { docId } = keys;
    const proof = await prove(keys, role, this.#nonce, docId, `127.0.0.1:${this.#port}`);
    const opened = this.#next('opened');
    const caughtUp = this.#next('caughtUp');
    const request = ++this.#request;
    this.#socket.send(encodeFrame(0, [{ type: 'open', request, docId, role, proof, checkpointSeq: 0, vector: [] }]));
    const { channel, connections } = await opened;
    this.#channel = channel;
    this.#events.peers(connections);
    await caughtUp;
  }

  /** Sends a message about the document. */
  send(message: ClientMessage): void {
    this.#socket.send(encodeFrame(this.#channel, [message]));
  }

  /** The bytes of a message about the document, to be sent later by `sendFrame`. */
  frameOf(message: ClientMessage): Buffer {
    return maskedFrame(BINARY, encodeFrame(this.#channel, [message]));
  }

  sendFrame(frame: Buffer): void {
    this.#socket.sendFrame(frame);
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  #next<T extends RelayMessage['type']>(name: T | `${T} ${number}`): Promise<Message<T>> {
    return new Promise((resolve) => this.#waiting.set(name, resolve as (message: RelayMessage) => void));
  }

  #hear({ keys, records, others }: Meaning): void {
    if (keys.length > 0) this.#events.keys(keys);
    if (records.length > 0) this.#events.records(records);
    for (const message of others) this.#hearOther(message);
  }

  #hearOther(message: RelayMessage): void {
    if (message.type === 'ack') this.#events.ack(message.session, message.have);
    else if (message.type === 'peers') this.#events.peers(message.connections);
    else if (message.type === 'refused') this.#refused(`the relay refused ${message.refused}: ${message.error}`);
    else if (message.type === 'goodbye' && message.error !== 'shutting_down') {
      this.#refused(`the relay said goodbye: ${message.error}`);
    } else {
      const name = message.type === 'created' ? `created ${message.request}` : message.type;
      this.#waiting.get(name)?.(message);
      this.#waiting.delete(name);
    }
  }

  #refused(reason: string): void {
    if (this.#events.refused === undefined) throw new Error(reason);
    this.#events.refused(reason);
  }
}
