/** An owner of an inbox, and whoever adds to it, by plain HTTP: items are bytes of any kind under a signature. */
import { sign } from 'node:crypto';
import type { Bytes, InboxFields, InboxPage } from '@archipel/protocol';
import {
  concat,
  decodeBase64url,
  decodeInboxPage,
  docIdOf,
  encodeBase64url,
  encodeUnsignedInboxHeader,
  encodeUnsignedItem,
  encodeUnsignedPermit,
  encodeWithdrawal,
  inboxHeaderHash,
  inboxSigningInput,
  itemHash,
  itemSigningInput,
  KIND_INBOX,
  permitSigningInput,
  proofInput,
  withdrawalSigningInput,
} from '@archipel/protocol';
import { random } from '../../src/index.ts';
import { type Pair, pair } from './blobs.ts';

const DAY_SECONDS = 86_400;
export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export interface TestItem {
  bytes: Bytes;
  sender: Pair;
}

export class TestInbox {
  port: number;
  readonly owner = pair();
  readonly post = pair();
  readonly inboxKey = random(32);
  readonly inboxId: Bytes;
  readonly id: string;
  header: Bytes;
  #fields: Omit<InboxFields, 'owner' | 'post' | 'inbox'>;
  #nonce: Bytes | undefined;

  constructor(port: number, changes: Partial<InboxFields> = {}) {
    this.port = port;
    this.inboxId = docIdOf(KIND_INBOX, this.owner.publicKey);
    this.id = encodeBase64url(this.inboxId);
    const expiry = changes.expiry ?? nowSeconds() + 7 * DAY_SECONDS;
    const words = { salt: random(16), ciphertext: random(100) };
    this.#fields = { seq: 1, closes: expiry, expiry, maxItems: 100, maxBytes: 0, words, ...changes };
    this.header = this.signed(this.#fields);
  }

  /** The same at a host that was started again. */
  at(port: number): this {
    this.port = port;
    this.#nonce = undefined;
    return this;
  }

  signed(fields: Partial<InboxFields>, by = this.owner): Bytes {
    const keys = { owner: this.owner.publicKey, post: this.post.publicKey, inbox: this.inboxKey };
    const unsigned = encodeUnsignedInboxHeader({ ...keys, ...this.#fields, ...fields });
    return concat(unsigned, new Uint8Array(sign(null, inboxSigningInput(unsigned), by.secret)));
  }

  next(changes: Partial<InboxFields>): Bytes {
    return this.signed({ ...changes, seq: this.#fields.seq + 1, previous: inboxHeaderHash(this.header) });
  }

  /** As it is put behind the header of a new blob. */
  permit(blobId: Bytes, sender = pair(), by = this.post): string {
    const unsigned = encodeUnsignedPermit({ inboxId: this.inboxId, sender: sender.publicKey });
    const signature = sign(null, permitSigningInput(blobId, unsigned), by.secret);
    return `,permit ${Buffer.from(concat(unsigned, new Uint8Array(signature))).toString('base64')}`;
  }

  item({ size = 256, by = this.post, sender = pair() }: { size?: number; by?: Pair; sender?: Pair } = {}): TestItem {
    const fields = { sender: sender.publicKey, enc: random(32), ciphertext: random(size + 16) };
    const unsigned = encodeUnsignedItem(fields);
    const signature = new Uint8Array(sign(null, itemSigningInput(this.inboxId, unsigned), by.secret));
    return { bytes: concat(unsigned, signature), sender };
  }

  async send(method: string, path: string, body: Bytes | undefined, headers: Record<string, string> = {}) {
    const content = body && { 'content-type': 'application/octet-stream' };
    return fetch(`http://127.0.0.1:${this.port}/inbox${path}`, {
      method,
      headers: { ...content, ...headers },
      ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> }),
    });
  }

  create(header = this.header): Promise<Response> {
    return this.send('POST', '', header);
  }

  putHeader(header: Bytes): Promise<Response> {
    return this.send('PUT', `/${this.id}/header`, header);
  }

  add({ bytes }: Pick<TestItem, 'bytes'>): Promise<Response> {
    return this.send('POST', `/${this.id}/items`, bytes);
  }

  withdraw({ bytes, sender }: TestItem, by = sender): Promise<Response> {
    const hash = itemHash(this.inboxId, bytes);
    const signature = new Uint8Array(sign(null, withdrawalSigningInput(this.inboxId, hash), by.secret));
    return this.send('POST', `/${this.id}/withdrawals`, encodeWithdrawal({ hash, signature }));
  }

  async own(method: string, path = '', key = this.owner): Promise<Response> {
    this.#nonce ??= await this.#takeNonce();
    const signature = sign(null, proofInput(this.#nonce, 'own', this.inboxId, `127.0.0.1:${this.port}`), key.secret);
    const proof = `${encodeBase64url(this.#nonce)}.o.${encodeBase64url(new Uint8Array(signature))}`;
    return this.send(method, `/${this.id}${path}`, undefined, { authorization: `Archipel ${proof}` });
  }

  async #takeNonce(): Promise<Bytes> {
    const response = await this.send('GET', `/${this.id}/items`, undefined);
    const nonce = decodeBase64url(response.headers.get('archipel-nonce') ?? '');
    if (!nonce.ok || nonce.value.length === 0) throw new Error(`no nonce with ${response.status}`);
    return nonce.value;
  }

  async page(after = 0, waitSeconds = 0): Promise<InboxPage> {
    const response = await this.own('GET', `/items?after=${after}&wait=${waitSeconds}`);
    const page = decodeInboxPage(new Uint8Array(await response.arrayBuffer()));
    if (!page.ok) throw new Error(`no page with ${response.status}`);
    return page.value;
  }
}
