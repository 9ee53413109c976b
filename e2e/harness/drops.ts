/** Drops that somebody sends by the client's library, as `archipel put` does, and what a test wants to know of them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobLine, type Drop, dropOf, openDrop, type SourceFile, uploadDrop } from '@archipel/client/drop';
import { nodeSuite } from '@archipel/client/node';
import { concat, KEY_BYTES, KIND_BLOB, label, type Result, toHex } from '@archipel/protocol';
import {
  createKeys,
  derive,
  encodeManifest,
  linkFor,
  printLink,
  sealBody,
  sealChunks,
  sealMessage,
  signBlobHeader,
} from '@archipel/protocol/secret';
import type { BrowserContext, Page } from 'playwright-core';

export interface Sent {
  name: string;
  bytes: Uint8Array;
  type?: string;
  /** Unix seconds. */
  modified?: number;
}

export interface DropWish {
  message?: string;
  downloads?: number;
  keepSeconds?: number;
  /** Of a request for files. */
  permit?: (blobId: Uint8Array) => Promise<Uint8Array>;
}

const DAY_SECONDS = 86_400;
const deps = { suite: nodeSuite, wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

export function valued<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file of many bytes, all of them told by where they are: it need not be in memory. */
export function longFile(name: string, size: number): SourceFile {
  const read = async (offset: number, target: Uint8Array): Promise<boolean> => {
    fillLong(target, offset);
    return offset + target.length <= size;
  };
  return { name, type: '', size, modified: 0, identity: async () => `${size}`, read };
}

function fillLong(target: Uint8Array, offset: number): void {
  for (let at = 0; at < target.length; at++) {
    const position = offset + at;
    target[at] = (position ^ (position >>> 7) ^ Math.imul(position >>> 12, 0x9e3779b1)) & 0xff;
  }
}

/** Its bytes, in blocks. */
export function* longBytes(size: number): Generator<Uint8Array> {
  const blockBytes = 2 ** 20;
  for (let at = 0; at < size; at += blockBytes) {
    const block = new Uint8Array(Math.min(blockBytes, size - at));
    fillLong(block, at);
    yield block;
  }
}

/** In hexadecimal. */
export function longDigest(size: number): string {
  const hash = createHash('sha256');
  for (const block of longBytes(size)) hash.update(block);
  return hash.digest('hex');
}

function sourceOf({ name, bytes, type = '', modified = 0 }: Sent): SourceFile {
  const read = async (offset: number, target: Uint8Array): Promise<boolean> => {
    target.set(bytes.subarray(offset, offset + target.length));
    return true;
  };
  return { name, type, size: bytes.length, modified, identity: async () => `${bytes.length}`, read };
}

/** The whole link to take it. */
export async function sendDrop(
  origin: string,
  files: readonly (Sent | SourceFile)[],
  wish: DropWish = {},
): Promise<string> {
  return (await sendOwned(origin, files, wish)).view;
}

/** The links to take and to own. */
export async function sendOwned(
  origin: string,
  files: readonly (Sent | SourceFile)[],
  { message = '', downloads = 0, keepSeconds = DAY_SECONDS, permit }: DropWish = {},
): Promise<{ view: string; own: string }> {
  const journal = { load: async () => undefined, save: async () => undefined, clear: async () => undefined };
  const sources = files.map((file) => ('bytes' in file ? sourceOf(file) : file));
  const expiry = Math.floor(Date.now() / 1000) + keepSeconds;
  const sent = await uploadDrop(
    { ...deps, fetch, journal, onProgress: () => undefined, streams: true },
    { origin, files: sources, message, expiry, downloads, permit },
  );
  const { view, own } = valued(sent);
  return { view: `${origin}/drop#${printLink(view)}`, own: `${origin}/drop#${printLink(own)}` };
}

const dropAt = async (link: string): Promise<Drop> => {
  const { origin, hash } = new URL(link);
  return valued(await dropOf(nodeSuite, hash.slice(1), origin, fetch));
};

/** How often the host counted that it was taken. */
export async function takenOf(link: string): Promise<number> {
  const { keys, line } = await dropAt(link);
  return valued(await openDrop(deps, keys, line)).taken;
}

/** Changes one byte of what the host has on its disk: so far behind the manifest. */
export async function damage(data: string, link: string, offset: number): Promise<void> {
  const { keys, line } = await dropAt(link);
  const { header } = valued(await openDrop(deps, keys, line));
  const pieces = readdirSync(data, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.parentPath.includes(toHex(keys.docId)),
  );
  const path = pieces.map(({ parentPath, name }) => join(parentPath, name)).sort()[0];
  if (path === undefined) throw new Error('the drop is not on the disk');
  const bytes = readFileSync(path);
  const at = header.manifest + offset;
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
}

/** A browser like Firefox or Safari, which lets no page write where a person says: files become downloads. */
export async function withoutPickers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    for (const name of ['showSaveFilePicker', 'showDirectoryPicker']) Reflect.deleteProperty(window, name);
  });
}

/** Dialogs of the system cannot be pressed: the person "chooses" places in a folder that the browser keeps for the page, with the same handles. */
export async function withPickers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const chosen = async (): Promise<FileSystemDirectoryHandle> =>
      (await navigator.storage.getDirectory()).getDirectoryHandle('Chosen', { create: true });
    Object.assign(window, {
      showDirectoryPicker: chosen,
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await chosen()).getFileHandle(suggestedName, { create: true }),
    });
  });
}

/** Name, size and SHA-256 of all that is there. */
export function chosenFiles(page: Page): Promise<{ name: string; size: number; digest: string }[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('Chosen', { create: true });
    const found: { name: string; size: number; digest: string }[] = [];
    for await (const handle of (folder as unknown as { values(): AsyncIterable<FileSystemFileHandle> }).values()) {
      const bytes = await (await handle.getFile()).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      const digest = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      found.push({ name: handle.name, size: bytes.byteLength, digest });
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  });
}

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A drop with a file of a name that no honest sender gives. */
export async function sendNamed(origin: string, name: string): Promise<string> {
  const keys = await createKeys(nodeSuite, KIND_BLOB);
  const honest = encodeManifest({ message: '', files: [{ name: '?', type: '', size: 3, modified: 0 }] });
  const at = honest.indexOf('?'.charCodeAt(0));
  const bytes = utf8(name);
  // One name longer, the zeros behind it shorter (DROP-5).
  const named = concat(honest.subarray(0, at - 1), new Uint8Array([bytes.length]), bytes, honest.subarray(at + 1));
  const plain = named.subarray(0, honest.length);
  const words = 'arc1 blob manifest';
  const key = await derive(nodeSuite, keys.contentRoot, words, keys.docId, KEY_BYTES);
  const manifest = await sealMessage(nodeSuite, key, concat(label(words), keys.docId), plain);
  const body = await sealBody(nodeSuite, keys);
  const blob = concat(manifest, body.header, await sealChunks(body, 0, utf8('abc'), true));
  const expiry = Math.floor(Date.now() / 1000) + DAY_SECONDS;
  const sizes = { length: blob.length, manifest: manifest.length };
  const header = await signBlobHeader(keys, { seq: 1, expiry, downloads: 0, ...sizes });
  const line = new BlobLine(origin, keys, fetch);
  const metadata = `header ${Buffer.from(header).toString('base64')}`;
  const created = { 'upload-length': `${blob.length}`, 'upload-metadata': metadata };
  valued(await line.ask({ method: 'POST', headers: created }));
  const headers = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  valued(await line.ask({ method: 'PATCH', path: `/${line.id}`, role: 'own', headers, body: blob }));
  return `${origin}/drop#${printLink(linkFor(keys, 'view'))}`;
}
