/** An owner of a published page by plain HTTP, as another program than ours might be one. */
import { sign } from 'node:crypto';
import {
  type Bytes,
  concat,
  encodeBase64url,
  encodeUnsignedPage,
  type PageContent,
  pageIdOf,
  pageSigningInput,
} from '@archipel/protocol';
import { pair } from './blobs.ts';
import { nowSeconds } from './inboxes.ts';

/** 1 × 1. */
export const PNG = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

export class TestPage {
  readonly port: number;
  readonly key = pair();
  readonly pageId: Bytes;
  readonly id: string;

  constructor(port: number) {
    this.port = port;
    this.pageId = pageIdOf(this.key.publicKey);
    this.id = encodeBase64url(this.pageId);
  }

  content(changes: Partial<PageContent> = {}): PageContent {
    const texts = { title: 'Fête du quartier', description: '', authors: '', html: '<p>Bonjour</p>' };
    return { expiry: 0, licence: 'cc-by', language: 'fr', ...texts, pictures: [], ...changes };
  }

  /** `content`: null takes it back. */
  signed(seq: number, content: Partial<PageContent> | null = {}, { time = nowSeconds(), by = this.key } = {}): Bytes {
    const full = content === null ? {} : { content: this.content(content) };
    const unsigned = encodeUnsignedPage({ seq, time, key: this.key.publicKey, ...full });
    return concat(unsigned, new Uint8Array(sign(null, pageSigningInput(unsigned), by.secret)));
  }

  send(method: 'PUT' | 'DELETE', body: Bytes): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}/p/${this.id}`, {
      method,
      headers: { 'content-type': 'application/octet-stream' },
      body: body as Uint8Array<ArrayBuffer>,
    });
  }

  put(seq: number, content: Partial<PageContent> = {}): Promise<Response> {
    return this.send('PUT', this.signed(seq, content));
  }

  takeBack(seq: number): Promise<Response> {
    return this.send('DELETE', this.signed(seq, null));
  }

  get(path = '', headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}/p/${this.id}${path}`, { headers });
  }
}
