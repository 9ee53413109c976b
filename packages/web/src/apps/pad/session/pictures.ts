/** Pictures of a pad as attachments of its document (protocol §19): kept in this browser, sent when the host can be reached, taken by their links. */
import type { Document, Storage } from '@archipel/client';
import { hintOfOrigin } from '@archipel/client';
import type { SourceFile } from '@archipel/client/drop';
import {
  changeDrop,
  deleteDrop,
  dropOf,
  newTicket,
  openDrop,
  readDropFacts,
  takeBody,
  takeTicket,
  type UploadJournal,
  uploadDrop,
  webFetch,
} from '@archipel/client/drop';
import type { ErrorName, Result } from '@archipel/protocol';
import { ATTACHMENT_ID_BYTES, decodeBase64url, encodeBase64url, equal, fail, ok } from '@archipel/protocol';
import { bodySizeOf, type Keys, linkFor, parseLink, printLink, webSuite } from '@archipel/protocol/secret';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { signal } from '@preact/signals';
import { writesText } from '../model/document.ts';
import { PAD_FIELD } from '../model/field.ts';
import type { PictureRef, PictureState, Pictures, PictureTrouble } from '../model/pictures.ts';
import { picturesIn, pictureType, replacePicture } from '../model/pictures.ts';

/** More than any picture that the pad sends: a link that leads to more is none of a picture. */
const TAKEN_MAX_BYTES = 12_000_000;
const DAY_S = 86_400;
const SECOND_MS = 1000;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;
const KEPT = 'picture.';
const UNSENT = 'picture-unsent.';
/** When its host is asked again how long it keeps it. */
const CHECKED = 'picture-checked.';

export interface PictureDeps {
  document: Document;
  storage: Storage;
  /** Of this page. */
  origin: string;
  /** How long the host keeps a file at most; undefined: it keeps none. */
  maxDays: () => number | undefined;
  now: () => number;
  wait: (ms: number) => Promise<void>;
}

type Begun = { link: string; upload?: Awaited<ReturnType<UploadJournal['load']>> };

export class DocumentPictures implements Pictures {
  readonly #deps: PictureDeps;
  readonly #docId: string;
  readonly #states = new Map<string, Signal<PictureState>>();
  readonly #sending = new Map<string, Promise<void>>();

  constructor(deps: PictureDeps) {
    this.#deps = deps;
    this.#docId = encodeBase64url(deps.document.docId);
  }

  /** Sends what an earlier visit could not. */
  async resume(): Promise<void> {
    const { storage, document } = this.#deps;
    if (!writesText(document.cap)) return;
    for (const { key } of await storage.list(this.#docId, UNSENT)) void this.#send(key.slice(UNSENT.length));
  }

  async add(picture: Blob): Promise<PictureRef> {
    const { document, origin, storage } = this.#deps;
    const idBytes = webSuite.random(ATTACHMENT_ID_BYTES);
    const id = encodeBase64url(idBytes);
    const keys = await document.attachmentKeys(idBytes);
    const link = printLink(linkFor(keys, 'view', [hintOfOrigin(origin)]));
    const bytes = new Uint8Array(await picture.arrayBuffer());
    await storage.put(this.#docId, KEPT + id, bytes);
    await this.#keepBegun(id, { link });
    this.#show(id, bytes);
    void this.#send(id);
    return { id, link };
  }

  state(ref: PictureRef): ReadonlySignal<PictureState> {
    const known = this.#states.get(ref.id);
    if (known !== undefined) return known;
    void this.#fetch(ref);
    return this.#signal(ref.id);
  }

  async take(ref: PictureRef): Promise<Blob | undefined> {
    const bytes =
      (await this.#kept(ref.id)) ?? (await this.#download(ref).then((got) => (got.ok ? got.value : undefined)));
    const type = bytes && pictureType(bytes);
    return bytes && type ? new Blob([bytes], { type }) : undefined;
  }

  retry(ref: PictureRef): void {
    void this.#send(ref.id);
  }

  /** Deletes every one of them at its host, as far as it can be reached. */
  async remove(refs: readonly PictureRef[]): Promise<void> {
    await Promise.all(
      refs.map(async ({ id, link }) => {
        const drop = await this.#drop(id, link, true);
        if (drop.ok) await deleteDrop(drop.value);
      }),
    );
  }

  /**
   * Whoever had a link before the locks were changed could still take the pictures of then, or delete them: the owner's browser seals
   * each anew, and deletes the old one when the new one is at the host (ATT-4). What fails is tried again in the next visit.
   */
  async renew(): Promise<void> {
    const root = this.#deps.document.ydoc.getXmlFragment(PAD_FIELD);
    for (const ref of picturesIn(root)) {
      const former = await this.#formerKeys(ref);
      const picture = former && (await this.take(ref));
      if (former === undefined || picture === undefined) continue;
      const fresh = await this.add(picture);
      await this.#send(fresh.id);
      if (this.#signal(fresh.id).value.trouble !== undefined) continue;
      replacePicture(root, ref, fresh);
      await this.#delete(ref, former);
    }
  }

  /** Its keys, when it was added in an earlier generation of the links. */
  async #formerKeys({ id, link }: PictureRef): Promise<Keys | undefined> {
    const { document } = this.#deps;
    const [parsed, idBytes] = [parseLink(link), decodeBase64url(id)];
    if (!parsed.ok || !idBytes.ok || idBytes.value.length !== ATTACHMENT_ID_BYTES) return undefined;
    const current = document.header?.gen ?? 0;
    for (let gen = current; gen >= 0; gen--) {
      const keys = await document.attachmentKeys(idBytes.value, gen);
      if (equal(keys.docId, parsed.value.docId)) return gen === current ? undefined : keys;
    }
    return undefined;
  }

  async #delete({ link }: PictureRef, keys: Keys): Promise<void> {
    const drop = await dropOf(webSuite, link, this.#deps.origin, webFetch);
    if (!drop.ok) return;
    const own = printLink(linkFor(keys, 'own', [hintOfOrigin(drop.value.line.origin)]));
    const owned = await dropOf(webSuite, own, this.#deps.origin, webFetch);
    if (owned.ok) await deleteDrop(owned.value);
  }

  /**
   * A host keeps a file for some weeks only: whoever may write asks it to keep the pictures longer, before half of that time
   * is over, but never beyond the document (ATT-3).
   */
  async keepLonger(refs: readonly PictureRef[]): Promise<void> {
    for (const { id, link } of refs) {
      const kept = await this.#deps.storage.get(this.#docId, CHECKED + id).catch(() => undefined);
      const { now } = this.#deps;
      if (kept !== undefined && Number(new TextDecoder().decode(kept)) > now()) continue;
      const next = await this.#keepOneLonger(id, link);
      const bytes = new TextEncoder().encode(`${next}`);
      await this.#deps.storage.put(this.#docId, CHECKED + id, bytes).catch(() => undefined);
    }
  }

  /** When to look again, in ms since 1970. */
  async #keepOneLonger(id: string, link: string): Promise<number> {
    const { now, wait } = this.#deps;
    const soon = now() + DAY_S * SECOND_MS;
    const drop = await this.#drop(id, link, true);
    const expiry = this.#latestExpiry();
    if (!drop.ok || expiry === undefined) return soon;
    const facts = await readDropFacts({ suite: webSuite, wait }, drop.value.keys, drop.value.line);
    if (!facts.ok) return soon;
    const nowSeconds = now() / SECOND_MS;
    const isHalfOver = facts.value.header.expiry - nowSeconds < (expiry - nowSeconds) / 2;
    if (isHalfOver) await changeDrop(drop.value, facts.value, { expiry, downloads: 0 });
    return soon;
  }

  /** Unix seconds; undefined where no files are kept. */
  #latestExpiry(): number | undefined {
    const { document, maxDays, now } = this.#deps;
    const days = maxDays();
    if (days === undefined) return undefined;
    // A minute less: the host's clock may be behind.
    const latest = Math.floor(now() / SECOND_MS) + days * DAY_S - 60;
    return Math.min(latest, document.header?.expiry || latest);
  }

  #signal(id: string): Signal<PictureState> {
    const known = this.#states.get(id) ?? signal<PictureState>({});
    this.#states.set(id, known);
    return known;
  }

  #change(id: string, change: Partial<PictureState>): void {
    const state = this.#signal(id);
    state.value = { ...state.value, ...change };
  }

  /** False when it is no picture. */
  #show(id: string, bytes: Uint8Array<ArrayBuffer>): boolean {
    const type = pictureType(bytes);
    if (type === undefined) return false;
    const { trouble: _, ...state } = this.#signal(id).value;
    this.#signal(id).value = { ...state, url: URL.createObjectURL(new Blob([bytes], { type })) };
    return true;
  }

  /** A browser that keeps nothing has none. */
  async #kept(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#deps.storage.get(this.#docId, KEPT + id).catch(() => undefined) as Promise<
      Uint8Array<ArrayBuffer> | undefined
    >;
  }

  async #fetch(ref: PictureRef): Promise<void> {
    const kept = await this.#kept(ref.id);
    if (kept !== undefined && this.#show(ref.id, kept)) return;
    for (let ms = FIRST_WAIT_MS; ; ms = Math.min(ms * 2, LONGEST_WAIT_MS)) {
      const got = await this.#download(ref);
      if (got.ok) {
        if (!this.#show(ref.id, got.value)) return this.#change(ref.id, { trouble: 'broken' });
        // Without room in this browser it is fetched again the next time.
        return this.#deps.storage.put(this.#docId, KEPT + ref.id, got.value).catch(() => undefined);
      }
      const trouble = TROUBLES[got.error] ?? 'waiting';
      this.#change(ref.id, { trouble });
      if (trouble !== 'waiting') return;
      await this.#deps.wait(ms);
    }
  }

  async #drop(id: string, link: string, isOwn = false) {
    const { document, origin } = this.#deps;
    const known = new Set([origin, ...document.relays.map(({ url }) => url)]);
    const drop = await dropOf(webSuite, link, origin, webFetch);
    if (!drop.ok) return drop;
    if (!drop.value.line.all.every((line) => known.has(line.origin))) return fail('link_broken');
    if (!isOwn) return drop;
    const idBytes = decodeBase64url(id);
    if (!idBytes.ok || idBytes.value.length !== ATTACHMENT_ID_BYTES) return fail('link_broken');
    const keys = await document.attachmentKeys(idBytes.value);
    const own = printLink(linkFor(keys, 'own', [hintOfOrigin(drop.value.line.origin)]));
    return dropOf(webSuite, own, origin, webFetch);
  }

  async #download({ id, link }: PictureRef): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const drop = await this.#drop(id, link);
    if (!drop.ok) return drop;
    const { keys, line } = drop.value;
    const deps = { suite: webSuite, wait: this.#deps.wait };
    const offer = await openDrop(deps, keys, line);
    if (!offer.ok) return offer;
    const size = bodySizeOf(offer.value.manifest);
    if (size > TAKEN_MAX_BYTES) return fail('too_large');
    const ticket = await takeTicket(deps, line, newTicket(webSuite));
    if (!ticket.ok) return ticket;
    const bytes = new Uint8Array(size);
    let have = 0;
    const write = async (part: Uint8Array): Promise<void> => {
      bytes.set(part, have);
      have += part.length;
    };
    const taken = await takeBody(deps, keys, line, { offer: offer.value, ticket: ticket.value, have: 0, write });
    return taken.ok ? ok(bytes) : taken;
  }

  async #begun(id: string): Promise<Begun | undefined> {
    const bytes = await this.#deps.storage.get(this.#docId, UNSENT + id);
    return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as Begun);
  }

  #keepBegun(id: string, begun: Begun): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(begun));
    return this.#deps.storage.put(this.#docId, UNSENT + id, bytes);
  }

  /** One program at a time sends it; again and again until it is there or refused for good. */
  #send(id: string): Promise<void> {
    const known = this.#sending.get(id);
    if (known !== undefined) return known;
    const sending = this.#sendInTurn(id).finally(() => this.#sending.delete(id));
    this.#sending.set(id, sending);
    return sending;
  }

  async #sendInTurn(id: string): Promise<void> {
    await navigator.locks.request(`picture ${this.#docId} ${id}`, async () => {
      const { trouble: _, ...state } = this.#signal(id).value;
      this.#signal(id).value = state;
      for (let ms = FIRST_WAIT_MS; ; ms = Math.min(ms * 2, LONGEST_WAIT_MS)) {
        const sent = await this.#sendOnce(id);
        const { sending: __, ...rest } = this.#signal(id).value;
        this.#signal(id).value = rest;
        if (sent.ok) return this.#deps.storage.delete(this.#docId, UNSENT + id);
        const trouble = TROUBLES[sent.error];
        if (trouble !== undefined && trouble !== 'waiting') return this.#change(id, { trouble });
        await this.#deps.wait(ms);
      }
    });
  }

  async #sendOnce(id: string): Promise<Result<unknown>> {
    const [bytes, begun] = [await this.#kept(id), await this.#begun(id)];
    // Sent by another tab, or forgotten with the document.
    if (bytes === undefined || begun === undefined) return ok(undefined);
    const { document, wait, origin } = this.#deps;
    // A document that no host has is not there for anybody yet.
    if (!document.isCreated) return fail('host_unreachable');
    const idBytes = decodeBase64url(id);
    const expiry = this.#latestExpiry();
    if (!idBytes.ok || expiry === undefined) return fail('not_offered');
    const keys = await document.attachmentKeys(idBytes.value);
    const journal: UploadJournal = {
      load: async () => (await this.#begun(id))?.upload,
      save: (upload) => this.#keepBegun(id, { link: begun.link, upload }),
      clear: () => this.#keepBegun(id, { link: begun.link }),
    };
    const onProgress = (sent: number, total: number) => this.#change(id, { sending: { bytes: sent, total } });
    const deps = { suite: webSuite, fetch: webFetch, wait, journal, onProgress, streams: false };
    return uploadDrop(deps, { origin, files: [sourceOf(bytes)], message: '', expiry, downloads: 0, keys });
  }
}

function sourceOf(bytes: Uint8Array): SourceFile {
  return {
    name: 'picture',
    type: pictureType(bytes) ?? '',
    size: bytes.length,
    modified: 0,
    identity: async () => `${bytes.length}`,
    read: async (offset, target) => {
      target.set(bytes.subarray(offset, offset + target.length));
      return offset + target.length <= bytes.length;
    },
  };
}

/** What a person is told; `waiting` and what is not here may pass by itself. */
const TROUBLES: Partial<Record<ErrorName, PictureTrouble>> = {
  not_offered: 'no_files',
  too_large: 'too_large',
  disk_full: 'no_room',
  quota_reached: 'no_room',
  not_allowed: 'refused',
  proof_failed: 'refused',
  expiry_too_long: 'refused',
  already_exists: 'refused',
  deleted: 'gone',
  expired: 'gone',
  link_broken: 'broken',
  link_incomplete: 'broken',
  unsupported_version: 'broken',
  bad_header: 'broken',
  stream_key: 'broken',
  stream_forged: 'broken',
  stream_cut: 'broken',
};
