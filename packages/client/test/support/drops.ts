/** Sends and takes drops as people do, at hosts that may be killed meanwhile. */
import { createHash, type Hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bytes, concat, type ErrorName, type Result } from '@archipel/protocol';
import { type Link, printLink } from '@archipel/protocol/secret';
import { random } from '@archipel/relay';
import { onTestFinished } from 'vitest';
import {
  type Drop,
  dropOf,
  newTicket,
  openDrop,
  takeBody,
  takeTicket,
  type Uploaded,
  type UploadState,
  uploadDrop,
} from '../../src/drop/index.ts';
import { JsonFile, nodeSuite, sourceFiles } from '../../src/node.ts';

const MIB = 2 ** 20;
const HOUR_SECONDS = 3600;
const deps = { suite: nodeSuite, wait: (ms: number) => wait(ms) };

export interface SourceOnDisk {
  path: string;
  folder: string;
  hash: string;
}

/** A file of random bytes, gone when the test ends. */
export function bigFile(mebibytes: number): SourceOnDisk {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-drops-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bytes = concat(...Array.from({ length: mebibytes * 16 }, () => random(MIB / 16)));
  const path = join(folder, 'film.bin');
  writeFileSync(path, bytes);
  return { path, folder, hash: createHash('sha256').update(bytes).digest('hex') };
}

export interface SendOptions {
  downloads?: number;
  onProgress?: (bytes: number, total: number) => void;
}

/** Tries again, as somebody does who types the same command again. */
export async function send(
  origin: string,
  { path, folder }: SourceOnDisk,
  { downloads = 0, onProgress = () => undefined }: SendOptions = {},
): Promise<Uploaded> {
  const journal = new JsonFile<UploadState>(join(folder, 'journal.json'));
  for (let tries = 0; ; tries++) {
    const source = await sourceFiles([path], () => '');
    const expiry = Math.floor(Date.now() / 1000) + HOUR_SECONDS;
    const wish = { origin, files: source.files, message: '', expiry, downloads };
    const uploaded = await uploadDrop({ ...deps, fetch, journal, onProgress, streams: true }, wish);
    await source.close();
    if (uploaded.ok) return uploaded.value;
    if (tries > 5 || uploaded.error !== 'host_unreachable') throw new Error(uploaded.error);
  }
}

/** As whoever got the link reaches it; `hosts`: only these, whatever it says. */
export async function dropFor(link: Link, origin: string, hosts?: readonly string[]): Promise<Drop> {
  const hinted = hosts === undefined ? link : { ...link, hints: hosts.map((host) => new URL(host).host) };
  const drop = await dropOf(nodeSuite, printLink(hinted), origin);
  if (!drop.ok) throw new Error(drop.error);
  return drop.value;
}

export const ticketFor = ({ line }: Drop): Promise<Result<string>> => takeTicket(deps, line, newTicket(nodeSuite));

export interface Took {
  hash: string;
  error: ErrorName | undefined;
  /** Longest time between two pieces of it. */
  longestMs: number;
}

/** `onBytes` hears how much is there. */
export async function take(
  { keys, line }: Drop,
  ticket: string,
  onBytes: (bytes: number) => Promise<void> | void = () => undefined,
): Promise<Took> {
  const offer = await openDrop(deps, keys, line);
  if (!offer.ok) throw new Error(offer.error);
  const hash: Hash = createHash('sha256');
  let [bytes, lastMs, longestMs] = [0, Date.now(), 0];
  const write = async (part: Bytes): Promise<void> => {
    hash.update(part);
    bytes += part.length;
    longestMs = Math.max(longestMs, Date.now() - lastMs);
    await onBytes(bytes);
    lastMs = Date.now();
  };
  const done = await takeBody(deps, keys, line, { offer: offer.value, ticket, have: 0, write });
  return { hash: hash.digest('hex'), error: done.ok ? undefined : done.error, longestMs };
}
