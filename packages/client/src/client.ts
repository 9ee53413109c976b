/** The client: documents created and opened by link, one socket per relay. */
import type { Bytes, Result } from '@archipel/protocol';
import { decodeHeader, encodeBase64url, equal } from '@archipel/protocol';
import type { Keys, Link } from '@archipel/protocol/secret';
import { createKeys, keysFromLink, parseLink, signHeader } from '@archipel/protocol/secret';
import { Connection } from './connection.ts';
import { Document } from './document.ts';
import { DocumentStore } from './document-store.ts';
import { ClientError } from './errors.ts';
import { HeadMemory } from './head-memory.ts';
import { Log } from './log.ts';
import type { LogPorts } from './log-types.ts';
import type { Hints, OpenSocket } from './ports.ts';
import { Reports } from './reports.ts';
import type { Storage } from './storage.ts';

export interface ClientPorts extends Omit<LogPorts, 'connect'> {
  storage: Storage;
  openSocket: OpenSocket;
  hints?: Hints;
}

export interface CreateOptions {
  /** Address of the relay: `wss://host/relay`. */
  relay: string;
  /** Unix seconds; 0, also by default: never. The relay may refuse it (`expiry_too_long`). */
  expiry?: number;
  /** Seconds the history before the last checkpoint is kept; 0, also by default: as long as the document. */
  retention?: number;
}

export interface OpenOptions {
  relay: string;
}

export class Client {
  readonly #ports: ClientPorts;
  #connections: SharedConnection[] = [];
  readonly #documents = new Set<Document>();

  constructor(ports: ClientPorts) {
    this.#ports = ports;
  }

  /** A new document of this program. It works at once, also offline: its relay creates it when it is reached. */
  async create({ relay, expiry = 0, retention = 0 }: CreateOptions): Promise<Document> {
    const { suite } = this.#ports;
    const keys = await createKeys(suite);
    const header = await signHeader(suite, keys, { seq: 1, expiry, retention });
    return this.#document(keys, this.#connection(relay, encodeBase64url(keys.docId)), (log) => log.create(header));
  }

  /**
   * Opens by a fragment without `#`. Resolves when this machine's own copy is loaded, which may be empty: `synced()` waits for
   * the relay. Throws a `ClientError`: `link_incomplete`, `link_broken`, `unsupported_version`.
   */
  async open(fragment: string, { relay }: OpenOptions): Promise<Document> {
    const link = parseLink(fragment);
    if (!link.ok) throw new ClientError(link.error);
    const deriving = this.#keys(link.value);
    // The line is there by the time the keys are.
    const name = encodeBase64url(link.value.docId);
    const connection = this.#connection(relay, name);
    connection.socket.dial();
    const keys = await deriving;
    if (keys.ok) return this.#document(keys.value, connection, async () => undefined);
    connection.documents.delete(name);
    connection.socket.dropUnused();
    throw new ClientError(keys.error);
  }

  /** Removes everything of a document from this machine, also what is not saved. */
  async forget(docId: Bytes): Promise<void> {
    const open = [...this.#documents].filter((document) => equal(document.docId, docId));
    await Promise.all(open.map((document) => document.close()));
    await this.#ports.storage.clear(encodeBase64url(docId));
  }

  get documents(): ReadonlySet<Document> {
    return this.#documents;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#documents].map((document) => document.close()));
    for (const { socket } of this.#connections) socket.dispose();
    this.#connections = [];
  }

  /** An owner's link does not tell the generation: the header that was seen last does. */
  async #keys(link: Link): Promise<Result<Keys>> {
    const { suite, storage } = this.#ports;
    if (link.cap !== 'own') return keysFromLink(suite, link);
    const memory = new HeadMemory(new DocumentStore(storage, link.docId, () => undefined));
    await memory.load();
    const header = memory.header === undefined ? undefined : decodeHeader(memory.header);
    return keysFromLink(suite, link, header?.ok ? header.value.gen : undefined);
  }

  async #document(keys: Keys, connection: SharedConnection, prepare: (log: Log) => Promise<void>): Promise<Document> {
    const relay = connection.socket.url;
    const reports = new Reports();
    const store = new DocumentStore(this.#ports.storage, keys.docId, (report) => reports.add(report));
    const ports: LogPorts = { ...this.#ports, connect: () => new Connection(relay, this.#ports) };
    const log = await Log.load(keys, store, connection.socket, ports, reports);
    await prepare(log);
    const onClose = (): void => {
      connection.documents.delete(store.name);
      this.#documents.delete(document);
    };
    const document = await Document.load({ log, relay, ports, reports, onClose });
    this.#documents.add(document);
    log.start();
    return document;
  }

  /** One socket per relay; one more for a document that is opened twice, by another link perhaps. */
  #connection(relay: string, docId: string): SharedConnection {
    const free = this.#connections.find(({ socket, documents }) => socket.url === relay && !documents.has(docId));
    const connection = free ?? { socket: new Connection(relay, this.#ports), documents: new Set<string>() };
    if (free === undefined) this.#connections.push(connection);
    connection.documents.add(docId);
    return connection;
  }
}

interface SharedConnection {
  socket: Connection;
  documents: Set<string>;
}
