/** Sends a drop: sealed part by part, gone on with where it stopped, from memory that does not grow with the files. */
import type { Bytes, ErrorName, Result } from '@archipel/protocol';
import { concat, decodeBase64url, encodeBase64url, fail, KIND_BLOB, mayRetry, ok } from '@archipel/protocol';
import {
  createKeys,
  encodeManifest,
  type Keys,
  keysFromLink,
  type Link,
  linkFor,
  parseLink,
  printLink,
  type Suite,
  sealBody,
  sealedSize,
  sealManifest,
  signBlobHeader,
} from '@archipel/protocol/secret';
import { hintOfOrigin } from '../relay-address.ts';
import { systemClock } from '../system-clock.ts';
import { BlobLine, type Fetch } from './blob-line.ts';
import { Body, type SourceFile } from './body.ts';
import { type DropCopies, dropCopies } from './copies.ts';
import { dropOf } from './link.ts';
import { deleteDrop } from './manage.ts';
import { PartMemory, type PartSource, Parts, type UploadJournal, type UploadState } from './parts.ts';
import { placeDrop } from './place.ts';
import { again } from './retry.ts';
import type { Sealer } from './sealer.ts';

const SECOND_MS = 1000;
/** In one request where bodies are streamed. */
const SPAN_PARTS = 64;

export interface UploadDeps {
  suite: Suite;
  /** Left out: this thread. */
  sealer?: Sealer | undefined;
  fetch: Fetch;
  /** Resolves after so many milliseconds. */
  wait(ms: number): Promise<void>;
  journal: UploadJournal;
  onProgress(bytes: number, total: number): void;
  /** `fetch` sends a body while it is being made (Node; browsers over HTTP/2 alone). */
  streams: boolean;
  signal?: AbortSignal | undefined;
  /** All is at the host, and the journal still has it: what must not be lost with the links is kept now. */
  whenSent?: ((uploaded: Uploaded) => Promise<Result<unknown>>) | undefined;
}

export interface UploadWish {
  /** Of a host: it takes the drop, or knows one that does. */
  origin: string;
  files: readonly SourceFile[];
  message: string;
  /** Unix seconds. */
  expiry: number;
  downloads: number;
  /** Of an attachment, which lies at that host alone, and where this one keeps copies; by default a secret by chance. */
  keys?: Keys;
  /** Of a drop that somebody asked for: says so of this blob to the host, which is that of the request (ASK-3, ASK-6). */
  permit?: ((blobId: Bytes) => Promise<Bytes>) | undefined;
}

export interface Uploaded extends DropCopies {
  /** They name the hosts, unless it is on the one alone that was asked. */
  own: Link;
  view: Link;
  /** Where it was sent. */
  origin: string;
  /** It went on with what was sent before. */
  isResumed: boolean;
}

interface Job extends PartSource {
  keys: Keys;
  line: BlobLine;
  voucher: Bytes | undefined;
  permit: Bytes | undefined;
}

type LeftUpload = NonNullable<UploadState['left']>[number];

/** How long a second host is waited for when there is one: it takes what comes while it comes. */
const COPY_WAIT_MS = 250;
const COPY_TRIES = 20;
const HOSTS_IN_LINK = 3;

/** Errors: those of the relay (BLOB-4 and others), `host_unreachable`, `source_changed`, `relay_dropped`. */
export async function uploadDrop(deps: UploadDeps, wish: UploadWish): Promise<Result<Uploaded>> {
  const identities = await identitiesOf(wish.files);
  if (!identities.ok) return identities;
  const before = await deps.journal.load();
  const isSame =
    before !== undefined &&
    (before.asked ?? before.origin) === wish.origin &&
    `${before.identities}` === `${identities.value}`;
  const left = before === undefined ? [] : [...(before.left ?? []), ...(isSame ? [] : [before])];
  const job = isSame ? await resume(deps, wish, before) : await begin(deps, wish, identities.value, left);
  if (!job.ok) return job;
  const sent = await send(deps, job.value);
  if (!sent.ok) return giveUp(deps, job.value, sent.error);
  const after = await identitiesOf(wish.files);
  if (!after.ok || `${after.value}` !== `${job.value.state.identities}`)
    return giveUp(deps, job.value, 'source_changed');
  const { keys, line } = job.value;
  const { copies, hosts } = await secondHost(deps, line);
  const { origin } = line;
  const all = [origin, ...hosts];
  // Where an attachment lies, its document says.
  const isHere = wish.keys !== undefined || (all.length === 1 && origin === wish.origin);
  const hints = isHere ? [] : all.slice(0, HOSTS_IN_LINK).map(hintOfOrigin);
  const linkOf = (cap: 'own' | 'view'): Link => ({ ...linkFor(keys, cap), hints });
  const uploaded = { own: linkOf('own'), view: linkOf('view'), isResumed: isSame, origin, copies, hosts };
  const kept = await deps.whenSent?.(uploaded);
  if (kept?.ok === false) return kept;
  await removeLeft(deps, job.value);
  await deps.journal.clear();
  return ok(uploaded);
}

/** Waits a little until it is on a second host, when there is one that takes it. */
async function secondHost({ wait, signal }: UploadDeps, line: BlobLine): Promise<DropCopies> {
  let known: DropCopies = { copies: 1, hosts: [] };
  for (let tries = 0; tries < COPY_TRIES; tries++) {
    const asked = await dropCopies(line, signal);
    if (asked.ok) known = asked.value;
    if (!asked.ok || known.hosts.length === 0 || known.copies > 1) break;
    await wait(COPY_WAIT_MS);
  }
  return known;
}

/** Room that is taken by what was given up is given back, as soon as its host is there. */
async function removeLeft({ suite, fetch, journal }: UploadDeps, { state }: Job): Promise<void> {
  const still: LeftUpload[] = [];
  const left = state.left ?? [];
  for (const { origin, link } of left) {
    const parsed = parseLink(link);
    const keys = parsed.ok ? await keysFromLink(suite, parsed.value, 0, KIND_BLOB) : parsed;
    if (!keys.ok) continue;
    const removed = await deleteDrop({ keys: keys.value, line: new BlobLine(origin, keys.value, fetch) });
    if (!removed.ok && (removed.error === 'host_unreachable' || mayRetry(removed.error))) still.push({ origin, link });
  }
  if (still.length === left.length) return;
  state.left = still;
  await journal.save(state);
}

async function identitiesOf(files: readonly SourceFile[]): Promise<Result<string[]>> {
  const identities: string[] = [];
  for (const file of files) {
    const identity = await file.identity();
    if (identity === undefined) return fail('source_changed');
    identities.push(identity);
  }
  return ok(identities);
}

/** Removes what was sent of an upload that nobody wants to finish. Errors: those of the relay, `host_unreachable`; nothing there is none. */
export async function abandonUpload(suite: Suite, fetch: Fetch, state: UploadState): Promise<Result<void>> {
  const drop = await dropOf(suite, state.link, state.origin, fetch);
  return drop.ok ? deleteDrop(drop.value) : drop;
}

/** What no later try can mend leaves nothing behind. */
async function giveUp(deps: UploadDeps, job: Job, error: ErrorName): Promise<Result<Uploaded>> {
  if (mayRetry(error) || error === 'host_unreachable') return fail(error);
  const { state } = job;
  state.left = [...(state.left ?? []), { origin: state.origin, link: state.link }];
  await deps.journal.save({ ...state, asked: '' });
  await removeLeft(deps, job);
  if (state.left?.length === 0) await deps.journal.clear();
  return fail(error);
}

async function begin(
  deps: UploadDeps,
  wish: UploadWish,
  identities: string[],
  left: readonly LeftUpload[],
): Promise<Result<Job>> {
  const { suite, fetch, journal, signal } = deps;
  const keys = wish.keys ?? (await createKeys(suite, KIND_BLOB));
  const files = wish.files.map(({ name, type, size, modified }) => ({ name, type, size, modified }));
  const manifest = { message: wish.message, files };
  const sealed = await sealManifest(suite, keys, manifest);
  if (sealed.length !== sealedSize(encodeManifest(manifest).length)) throw new Error('sizes of a manifest');
  const body = new Body(wish.files);
  const stream = await sealBody(suite, keys);
  const total = sealed.length + sealedSize(body.size);
  const { expiry, downloads } = wish;
  const ttlSeconds = Math.max(0, expiry - Math.floor(systemClock.now() / SECOND_MS));
  const here = ok({ origin: wish.origin, voucher: undefined });
  const askPlace = () => placeDrop(fetch, wish.origin, { bytes: total, ttlSeconds }, signal);
  const isElsewhere = wish.keys === undefined && wish.permit === undefined;
  const place = isElsewhere ? await again(deps, askPlace) : here;
  if (!place.ok) return place;
  const { origin, voucher } = place.value;
  const header = await signBlobHeader(keys, { seq: 1, expiry, downloads, length: total, manifest: sealed.length });
  const state: UploadState = {
    asked: wish.origin,
    origin,
    link: printLink(linkFor(keys, 'own')),
    header: encodeBase64url(header),
    manifest: encodeBase64url(sealed),
    salt: encodeBase64url(stream.header.subarray(0, 24)),
    identities,
    parts: [],
    left: left.map(({ origin: host, link }) => ({ origin: host, link })),
  };
  await journal.save(state);
  const line = new BlobLine(origin, keys, fetch);
  const memory = new PartMemory(state, journal);
  const permit = await wish.permit?.(keys.docId);
  const front = concat(sealed, stream.header);
  const job = { state, keys, line, stream, front, body, total, memory, voucher, permit };
  await removeLeft(deps, job);
  return ok(job);
}

async function resume(
  { suite, fetch, journal }: UploadDeps,
  wish: UploadWish,
  state: UploadState,
): Promise<Result<Job>> {
  const link = parseLink(state.link);
  const keys = link.ok ? await keysFromLink(suite, link.value, 0, KIND_BLOB) : link;
  if (!keys.ok) return keys;
  const [sealed, salt] = [decodeBase64url(state.manifest), decodeBase64url(state.salt)];
  if (!sealed.ok || !salt.ok) return fail('bad_message');
  const stream = await sealBody(suite, keys.value, salt.value);
  const body = new Body(wish.files);
  const total = sealed.value.length + sealedSize(body.size);
  const line = new BlobLine(state.origin, keys.value, fetch);
  const memory = new PartMemory(state, journal);
  const front = concat(sealed.value, stream.header);
  const permit = await wish.permit?.(keys.value.docId);
  return ok({ state, keys: keys.value, line, stream, front, body, total, memory, voucher: undefined, permit });
}

async function create({ line, total, state, voucher, permit }: Job): Promise<Result<unknown>> {
  const header = decodeBase64url(state.header);
  if (!header.ok) return header;
  const metadata = Object.entries({ header: header.value, voucher, permit })
    .filter((pair): pair is [string, Bytes] => pair[1] !== undefined)
    .map(([name, bytes]) => `${name} ${base64(bytes)}`);
  const headers = { 'upload-length': String(total), 'upload-metadata': metadata.join(',') };
  return line.ask({ method: 'POST', headers });
}

/** As tus wants it: with `+`, `/` and padding. */
function base64(bytes: Bytes): string {
  const text = encodeBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

async function send(deps: UploadDeps, job: Job): Promise<Result<void>> {
  const created = await again(deps, () => create(job));
  if (!created.ok) return created;
  let offset = 0;
  const attempt = async (): Promise<Result<void>> => {
    const reached = await offsetOf(deps, job);
    if (!reached.ok) return reached;
    let parts: Parts | undefined;
    for (offset = reached.value; offset < job.total; ) {
      deps.onProgress(offset, job.total);
      // Those that were sealed ahead go on to the next request, unless this one took a stream to its end.
      if (deps.streams || parts?.offset !== offset)
        parts = new Parts(deps, job, offset, deps.streams ? SPAN_PARTS : Number.POSITIVE_INFINITY);
      const sent = await sendFrom(deps, job, offset, parts);
      if (!sent.ok) return sent;
      offset = sent.value;
    }
    deps.onProgress(offset, job.total);
    return ok(undefined);
  };
  return again(deps, attempt, () => offset);
}

/** One request, from an offset on; the offset afterwards. */
async function sendFrom(deps: UploadDeps, { line }: Job, offset: number, parts: Parts): Promise<Result<number>> {
  const headers = { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
  const common = { method: 'PATCH', path: `/${line.id}`, role: 'own', headers, signal: deps.signal } as const;
  const first = deps.streams ? parts.bytes() : await parts.next();
  if (first === undefined) return fail(parts.error ?? 'bad_message');
  const sent = await line.ask({ ...common, body: first });
  // What stopped the parts is why the request failed.
  if (parts.error !== undefined) return fail(parts.error);
  if (!sent.ok) return sent;
  const reached = Number(sent.value.headers.get('upload-offset') ?? Number.NaN);
  if (!(Number.isSafeInteger(reached) && reached > offset)) return fail('wrong_offset');
  return ok(reached);
}

async function offsetOf({ signal }: UploadDeps, { line }: Job): Promise<Result<number>> {
  const answer = await line.ask({ method: 'HEAD', path: `/${line.id}`, role: 'own', signal });
  if (!answer.ok) return answer;
  const offset = Number(answer.value.headers.get('upload-offset') ?? Number.NaN);
  return Number.isSafeInteger(offset) ? ok(offset) : fail('bad_message');
}
