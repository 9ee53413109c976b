/** A sender of blobs by plain HTTP, as another program than ours might be one: bytes of any kind under a signed header. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Bytes } from '@archipel/protocol';
import {
  type BlobCounter,
  blobHeaderHash,
  blobSigningInput,
  concat,
  decodeBase64url,
  docIdOf,
  encodeBase64url,
  encodeUnsignedBlobHeader,
  encodeUnsignedOrder,
  KIND_BLOB,
  ORDER_DELETE,
  orderSigningInput,
  proofInput,
  type Role,
} from '@archipel/protocol';
import { random } from '../../src/index.ts';

export interface Pair {
  secret: KeyObject;
  publicKey: Bytes;
}

export function pair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { secret: privateKey, publicKey: new Uint8Array(Buffer.from(x, 'base64url')) };
}

export const MANIFEST_BYTES = 100;
const DAY_SECONDS = 86_400;

export interface BlobPlan {
  length?: number;
  expiry?: number;
  downloads?: number;
}

type Changes = { expiry?: number; downloads?: number; counter?: BlobCounter | undefined };

export class BlobSender {
  /** Of the host that is asked. */
  port: number;
  owner = pair();
  reader = pair();
  id: string;
  blobId: Bytes;
  bytes: Bytes;
  header: Bytes;
  #fields: { seq: number; expiry: number; downloads: number; counter?: BlobCounter };
  nonce: Bytes | undefined;

  constructor(port: number, { length = 300, expiry, downloads = 0 }: BlobPlan = {}) {
    this.port = port;
    this.blobId = docIdOf(KIND_BLOB, this.owner.publicKey);
    this.id = encodeBase64url(this.blobId);
    this.bytes = random(length);
    this.#fields = { seq: 1, expiry: expiry ?? Math.floor(Date.now() / 1000) + DAY_SECONDS, downloads };
    this.header = this.signed(this.#fields);
  }

  signed(
    fields: { seq: number; expiry: number; downloads: number; counter?: BlobCounter; previous?: Bytes },
    length = this.bytes.length,
  ): Bytes {
    const keys = { owner: this.owner.publicKey, read: this.reader.publicKey };
    const unsigned = encodeUnsignedBlobHeader({ ...keys, length, manifest: MANIFEST_BYTES, ...fields });
    return concat(unsigned, new Uint8Array(sign(null, blobSigningInput(unsigned), this.owner.secret)));
  }

  /** The next header. */
  next(changes: Changes): Bytes {
    const fields = { ...this.#fields, ...changes, seq: this.#fields.seq + 1, previous: blobHeaderHash(this.header) };
    const { counter, ...rest } = fields;
    return this.signed(counter === undefined ? rest : { ...rest, counter });
  }

  /** The next one is that from now on. */
  advance(changes: Changes): void {
    const header = this.next(changes);
    const { counter, ...rest } = { ...this.#fields, ...changes, seq: this.#fields.seq + 1 };
    this.#fields = counter === undefined ? rest : { ...rest, counter };
    this.header = header;
  }

  url(path = ''): string {
    return `http://127.0.0.1:${this.port}/blob${path}`;
  }

  create(metadata = '', length = this.bytes.length): Promise<Response> {
    const header = Buffer.from(this.header).toString('base64');
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-length': `${length}`,
      'upload-metadata': `header ${header}${metadata}`,
    };
    return fetch(this.url(), { method: 'POST', headers });
  }

  authorization(
    role: Role,
    nonce: Bytes,
    audience = `127.0.0.1:${this.port}`,
    key = role === 'own' ? this.owner : this.reader,
  ): string {
    const signature = sign(null, proofInput(nonce, role, this.blobId, audience), key.secret);
    const letter = role === 'own' ? 'o' : 'v';
    return `Archipel ${encodeBase64url(nonce)}.${letter}.${encodeBase64url(new Uint8Array(signature))}`;
  }

  /** Another one who has the same links. */
  clone(): BlobSender {
    const { owner, reader, id, blobId, bytes, header } = this;
    const clone = new BlobSender(this.port, this.#fields);
    clone.#fields = this.#fields;
    return Object.assign(clone, { owner, reader, id, blobId, bytes, header });
  }

  /** Asks another host from now on. */
  moveTo(port: number): this {
    this.port = port;
    this.nonce = undefined;
    return this;
  }

  /** The owner's order to delete it, signed now or then. */
  order(time = Math.floor(Date.now() / 1000), key = this.owner): Record<string, string> {
    const unsigned = encodeUnsignedOrder({ action: ORDER_DELETE, time });
    const signature = sign(null, orderSigningInput(this.blobId, unsigned), key.secret);
    return { 'archipel-order': encodeBase64url(concat(unsigned, new Uint8Array(signature))) };
  }

  async takeNonce(): Promise<Bytes> {
    const response = await fetch(this.url(`/${this.id}/header`));
    const nonce = decodeBase64url(response.headers.get('archipel-nonce') ?? '');
    if (!nonce.ok || nonce.value.length === 0) throw new Error(`no nonce with ${response.status}`);
    return nonce.value;
  }

  async ask(
    role: Role,
    method: string,
    path = '',
    init: { headers?: Record<string, string>; body?: Bytes } = {},
  ): Promise<Response> {
    this.nonce ??= await this.takeNonce();
    const headers = { 'tus-resumable': '1.0.0', authorization: this.authorization(role, this.nonce), ...init.headers };
    const body = init.body === undefined ? {} : { body: init.body as Uint8Array<ArrayBuffer> };
    return fetch(this.url(`/${this.id}${path}`), { method, headers, ...body });
  }

  append(offset: number, end = this.bytes.length): Promise<Response> {
    const headers = { 'upload-offset': `${offset}`, 'content-type': 'application/offset+octet-stream' };
    return this.ask('own', 'PATCH', '', { headers, body: this.bytes.subarray(offset, end) });
  }

  async offset(): Promise<number> {
    return Number((await this.ask('own', 'HEAD')).headers.get('upload-offset'));
  }

  /** Creates and sends all of it. */
  async send(): Promise<void> {
    for (const response of [await this.create(), await this.append(0)]) {
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    }
  }

  /** On how many hosts it is as a whole, as the one that is asked says. */
  async copies(): Promise<number> {
    return Number((await this.ask('own', 'HEAD')).headers.get('archipel-copies'));
  }

  async ticket(): Promise<string> {
    return (await this.ask('view', 'POST', '/downloads')).headers.get('archipel-download') ?? '';
  }

  read(range: string | undefined, ticket?: string): Promise<Response> {
    const headers = { ...(range && { range }), ...(ticket && { 'archipel-download': ticket }) };
    return this.ask('view', 'GET', '', { headers });
  }
}

/** The name of the error, with its status. */
export async function refusal(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { error: string }).error];
}

/** Waits as long as the test may take. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}
