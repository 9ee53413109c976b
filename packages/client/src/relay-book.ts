/**
 * Which relays a document lives on, as far as this machine knows: what its owner signed, what relays and links say besides,
 * and the one it was opened by. Kept, so that a later visit knows them also when the front's own relay is away (CHK-8).
 */
import type { Bytes, RelayEntry, Replica } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import { originOfHint, originOfSocket, socketOfOrigin } from './relay-address.ts';
import type { Value } from './values.ts';
import { decodeValue, encodeValue, isRecord } from './values.ts';

const KEY = 'relays';
/** Of each kind: a relay that names others without end fills nothing. */
const MAX_KEPT = 3;

export interface KnownRelay {
  /** In hex; undefined when nobody has said it. */
  hostId: string | undefined;
  /** Origin. */
  url: string;
  /** Address of its socket. */
  socket: string;
}

interface Store {
  get(key: string): Promise<Bytes | undefined>;
  put(key: string, value: Bytes): Promise<void>;
}

export class RelayBook {
  readonly #store: Store;
  #signed: KnownRelay[] = [];
  #hinted: KnownRelay[] = [];
  #replicas: KnownRelay[] = [];
  #opened: KnownRelay[] = [];
  #reached = new Map<string, boolean>();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<void> {
    const value = decodeValue(await this.#store.get(KEY));
    if (!isRecord(value)) return;
    this.#hinted = merge(this.#hinted, listOf(value.hinted));
    this.#replicas = listOf(value.replicas);
    this.#opened = merge(this.#opened, listOf(value.opened));
  }

  async save(): Promise<void> {
    const kept = (list: KnownRelay[]): Value => list.map(({ hostId = '', url, socket }) => ({ hostId, url, socket }));
    const lists = { hinted: kept(this.#hinted), replicas: kept(this.#replicas), opened: kept(this.#opened) };
    await this.#store.put(KEY, encodeValue(lists));
  }

  /** `socket`: where this visit was told to look. */
  openedBy(socket: string): void {
    const url = originOfSocket(socket);
    if (url !== undefined) this.#opened = merge([{ hostId: undefined, url, socket }], this.#opened);
  }

  hintedBy(hints: readonly string[]): void {
    this.#hinted = merge(reachable(hints.map((hint) => ({ url: originOfHint(hint) }))), this.#hinted);
  }

  signedBy(relays: readonly RelayEntry[]): void {
    this.#signed = reachable(relays);
  }

  /** The relay at `from` names the others: it replaces what was said before. */
  saidBy(from: string, replicas: readonly Replica[]): void {
    const self = originOfSocket(from);
    this.#replicas = merge(
      reachable(replicas),
      this.known.filter(({ url }) => url === self),
    );
    this.#reached = new Map(replicas.map(({ url, isReached }) => [url, isReached]));
  }

  /** What a relay said last of its way to another; undefined when none spoke of it. */
  isReached(url: string): boolean | undefined {
    return this.#reached.get(url);
  }

  /** Who keeps the document: what its owner signed, or where it was found when that says nothing; and who else says so. */
  get keepers(): KnownRelay[] {
    const found = this.#hinted.length > 0 ? this.#hinted : this.#opened.slice(0, 1);
    return merge(this.#signed.length > 0 ? this.#signed : found, this.#replicas, Number.POSITIVE_INFINITY);
  }

  /** All, in the order in which they are tried: the same for everybody who has the same header. */
  get known(): KnownRelay[] {
    const lists = [this.#hinted, this.#replicas, this.#opened];
    return lists.reduce((all, list) => merge(all, list, Number.POSITIVE_INFINITY), this.#signed);
  }
}

function merge(first: KnownRelay[], second: KnownRelay[], most = MAX_KEPT): KnownRelay[] {
  const merged = first.map((one) => ({ ...one, hostId: one.hostId ?? hostOf(second, one.url) }));
  for (const one of second) if (!merged.some(({ url }) => url === one.url)) merged.push(one);
  return merged.slice(0, most);
}

function hostOf(list: readonly KnownRelay[], url: string): string | undefined {
  return list.find((one) => one.url === url)?.hostId;
}

/** Without those that no client dials. */
function reachable(list: readonly { hostId?: Bytes; url: string }[]): KnownRelay[] {
  return list.flatMap(({ hostId, url }) => {
    const socket = socketOfOrigin(url);
    return socket === undefined ? [] : [{ hostId: hostId && toHex(hostId), url, socket }];
  });
}

function listOf(value: Value): KnownRelay[] {
  const list = Array.isArray(value) ? value.filter(isRecord) : [];
  return list.map(({ hostId, url, socket }) => ({
    hostId: hostId === '' ? undefined : String(hostId),
    url: String(url),
    socket: String(socket),
  }));
}
