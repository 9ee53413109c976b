/** The client: documents created and opened by link, one socket per relay. */
import type { Bytes, Result } from '@archipel/protocol';
import { decodeHeader, encodeBase64url, equal } from '@archipel/protocol';
import type { Keys, Link } from '@archipel/protocol/secret';
import { createKeys, keysFromLink, parseLink, signHeader } from '@archipel/protocol/secret';
import { Connection } from './connection.ts';
import { Document } from './document.ts';
import { DocumentStore } from './document-store.ts';
import { ClientError } from './errors.ts';
import { Heads } from './heads.ts';
import { Log } from './log.ts';
import type { LogPorts } from './log-types.ts';
import type { Hints, OpenSocket } from './ports.ts';
import type { HostPlace } from './relay-address.ts';
import { entriesOf, socketOfOrigin } from './relay-address.ts';
import { RelayBook } from './relay-book.ts';
import { Reports } from './reports.ts';
import { Route } from './route.ts';
import type { Storage } from './storage.ts';

export interface ClientPorts extends Omit<LogPorts, 'connect'> {
  storage: Storage;
  openSocket: OpenSocket;
  hints?: Hints;
}

export interface CreateOptions {
  /** Address of the relay: `wss://host/relay`. Not needed when `relays` say where the document lives. */
  relay?: string;
  /** Hosts that keep the document, at most 3; it is created at the first. Signed into its header. */
  relays?: readonly HostPlace[];
  /** Lets it in at the first, which may otherwise take nothing. */
  voucher?: Bytes;
  /** Unix seconds; 0, also by default: never. The relay may refuse it (`expiry_too_long`). */
  expiry?: number;
  /** Seconds the history before the last checkpoint is kept; 0, also by default: as long as the document. */
  retention?: number;
}

export interface OpenOptions {
  /** Where to look when neither the link nor this machine knows better. */
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
  async create({ relay, relays = [], voucher, expiry = 0, retention = 0 }: CreateOptions): Promise<Document> {
    const { suite } = this.#ports;
    const keys = await createKeys(suite);
    const header = await signHeader(suite, keys, { seq: 1, expiry, retention, relays: entriesOf(relays) });
    const book = new RelayBook(this.#store(keys.docId));
    const [first] = relays;
    const socket = first === undefined ? relay : socketOfOrigin(first.url);
    if (socket === undefined) throw new RangeError('no address of a relay');
    book.openedBy(socket);
    const route = this.#route(encodeBase64url(keys.docId), [socket]);
    return this.#document({ keys, book, route, prepare: (log) => log.create(header, voucher) });
  }

  /**
   * Opens by a fragment without `#`. Resolves when this machine's own copy is loaded, which may be empty: `synced()` waits for
   * the relay. Throws a `ClientError`: `link_incomplete`, `link_broken`, `unsupported_version`.
   */
  async open(fragment: string, { relay }: OpenOptions): Promise<Document> {
    const link = parseLink(fragment);
    if (!link.ok) throw new ClientError(link.error);
    const { docId, hints } = link.value;
    const deriving = this.#keys(link.value);
    const book = new RelayBook(this.#store(docId));
    book.openedBy(relay);
    book.hintedBy(hints);
    const route = this.#route(
      encodeBase64url(docId),
      book.known.map(({ socket }) => socket),
    );
    // The line is there by the time the keys are.
    route.dial();
    const keys = await deriving;
    if (keys.ok) return this.#document({ keys: keys.value, book, route, prepare: async () => undefined });
    route.detach();
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

  #store(docId: Bytes): DocumentStore {
    return new DocumentStore(this.#ports.storage, docId, () => undefined);
  }

  /** An owner's link does not tell the generation: the header that was seen last does. */
  async #keys(link: Link): Promise<Result<Keys>> {
    const { suite } = this.#ports;
    if (link.cap !== 'own') return keysFromLink(suite, link);
    const heads = new Heads(this.#store(link.docId));
    await heads.load();
    const header = heads.header === undefined ? undefined : decodeHeader(heads.header);
    return keysFromLink(suite, link, header?.ok ? header.value.gen : undefined);
  }

  async #document({ keys, book, route, prepare }: Beginning): Promise<Document> {
    const reports = new Reports();
    const store = new DocumentStore(this.#ports.storage, keys.docId, (report) => reports.add(report));
    const ports: LogPorts = { ...this.#ports, connect: (socket) => new Connection(socket, this.#ports) };
    await book.load();
    const log = await Log.load({ keys, store, book, route, ports, reports });
    await prepare(log);
    const onClose = (): boolean => this.#documents.delete(document);
    const document = await Document.load({ log, book, route, ports, reports, onClose });
    this.#documents.add(document);
    log.start();
    return document;
  }

  /** One socket per relay; one more for a document that is opened twice, by another link perhaps. */
  #route(docId: string, sockets: readonly string[]): Route {
    const take = (socket: string): Connection => this.#connection(socket, docId).socket;
    const giveBack = (connection: Connection): void => {
      this.#connections.find(({ socket }) => socket === connection)?.documents.delete(docId);
    };
    return new Route(sockets, { ...this.#ports, take, giveBack });
  }

  #connection(relay: string, docId: string): SharedConnection {
    const free = this.#connections.find(({ socket, documents }) => socket.url === relay && !documents.has(docId));
    const connection = free ?? { socket: new Connection(relay, this.#ports), documents: new Set<string>() };
    if (free === undefined) this.#connections.push(connection);
    connection.documents.add(docId);
    return connection;
  }
}

interface Beginning {
  keys: Keys;
  book: RelayBook;
  route: Route;
  prepare(log: Log): Promise<void>;
}

interface SharedConnection {
  socket: Connection;
  documents: Set<string>;
}
