/**
 * What this client has verified of a document: per session the head of its hash chain, and the last checkpoint. Records
 * come in as bytes and go out as plaintext only when their chain holds (REC-5); what does not fit is reported (§10).
 */
import type { Bytes, Checkpoint, Contents, Dep, Result, SealedRecord, Vector, WriterKeys } from '@archipel/protocol';
import {
  checkpointHash,
  compare,
  DEP_SESSION_BYTES,
  decodeCheckpoint,
  decodeContents,
  decodeRecord,
  equal,
  fail,
  MAX_DEPS,
  MAX_SESSIONS,
  NO_PREVIOUS,
  ok,
  recordHash,
  toHex,
} from '@archipel/protocol';
import type { Keys, Suite } from '@archipel/protocol/secret';
import { Ahead } from './ahead.ts';
import type { Report } from './errors.ts';
import type { GenerationKeys } from './generations.ts';
import { partOf } from './part.ts';
import { MAX_HASHES_KEPT } from './timing.ts';

export interface Head {
  session: Bytes;
  /** n of the last verified record + 1. */
  have: number;
  /** Hash of that record. */
  hash: Bytes;
}

export interface OpenedRecord {
  /** Among the records that were accepted together. */
  index: number;
  session: Bytes;
  n: number;
  /** Generation of the links in which it was sealed. */
  gen: number;
  plaintext: Bytes;
  /** Of the sealed record. */
  bytes: number;
}

export interface KnownCheckpoint {
  seq: number;
  hash: Bytes;
  retired: number;
  /** Generation of the links in which it was sealed. */
  gen: number;
}

export interface ChainsContext {
  suite: Suite;
  keys: Keys;
  /** From the owner's header: a relay cannot put another in its place (CAP-3, HDR-1). */
  writers: WriterKeys;
  gen: number;
  /** Of generations before: an owner's client has the keys of all of them. */
  former?(gen: number): GenerationKeys | undefined;
}

interface Session extends Head {
  /** Hashes by n of the last records, to tell a repeated record from a forged one. */
  hashes: Map<number, Bytes>;
}

interface Candidate {
  index: number;
  bytes: Bytes;
  record: SealedRecord;
  previous: Bytes;
  hash: Bytes;
}

export class Chains {
  readonly #sessions = new Map<string, Session>();
  readonly #prefixes = new Map<string, string>();
  /** Sessions that moved since our last record: its deps. */
  readonly #moved = new Set<string>();
  readonly #bases = new Map<string, Head>();
  /** Sessions of which the relay that is connected has served something since it was asked. */
  #served = new Set<string>();
  /** What of what we hold it named then. */
  #named: Vector = [];
  /** How far our own sessions go whose rest is sealed again in others. */
  readonly #ends = new Map<string, number>();
  readonly #ahead = new Ahead();
  /** GEN-2: by the beginning of the session, how many records we cannot open came of an older generation. */
  readonly #passed = new Map<string, number>();
  #awaited: { dep: Dep; by: Bytes }[] = [];
  checkpoint: KnownCheckpoint | undefined;

  get heads(): Head[] {
    const heads: Head[] = [];
    for (const [key, { session, have, hash, hashes }] of this.#sessions) {
      const end = this.#ends.get(key) ?? have;
      const last = end < have ? hashes.get(end - 1) : hash;
      if (last !== undefined) heads.push({ session, have: Math.min(have, end), hash: last });
    }
    return heads.sort((a, b) => compare(a.session, b.session));
  }

  /** The relay that is connected has this, as it says: only what we hold of it counts. */
  servedBy(vector: Vector): void {
    this.#served = new Set();
    this.#named = vector.flatMap(({ session, have }) => {
      const held = this.head(session)?.have ?? 0;
      return held > 0 ? [{ session, have: Math.min(have, held) }] : [];
    });
  }

  /** What that relay has served. */
  get served(): Vector {
    return [...this.#named, ...this.heads.filter(({ session }) => this.#served.has(toHex(session)))];
  }

  head(session: Bytes): Head | undefined {
    return this.#sessions.get(toHex(session));
  }

  /** What Open says that we hold. */
  vector(): Vector {
    return this.heads.slice(0, MAX_SESSIONS).map(({ session, have }) => ({ session, have }));
  }

  set({ session, have, hash }: Head): void {
    const key = toHex(session);
    const known = this.#sessions.get(key);
    const head = known ?? { session, have, hash, hashes: new Map<number, Bytes>() };
    head.have = have;
    head.hash = hash;
    this.#served.add(key);
    head.hashes.set(have - 1, hash);
    head.hashes.delete(have - 1 - MAX_HASHES_KEPT);
    if (known !== undefined) return;
    this.#sessions.set(key, head);
    this.#prefixes.set(toHex(session.subarray(0, DEP_SESSION_BYTES)), key);
  }

  /** Where sessions may begin whose first records were erased: after a checkpoint's frontier. */
  beginAfter(frontier: readonly Head[]): void {
    for (const head of frontier) this.#bases.set(toHex(head.session), head);
  }

  /**
   * Back to the first `have` records, when the rest of our own session is sealed again in another one. The relay may have taken more,
   * and bring it: that is ours, and known.
   */
  truncate(session: Bytes, have: number): void {
    this.#ends.set(toHex(session), have);
  }

  /** CKP-6: nobody serves these sessions any more. */
  forget(isRetired: (session: Bytes) => boolean): void {
    for (const [key, { session }] of this.#sessions) {
      if (!isRetired(session)) continue;
      this.#sessions.delete(key);
      this.#prefixes.delete(toHex(session.subarray(0, DEP_SESSION_BYTES)));
    }
  }

  /** The deps of our next record: heads of others that moved since the last one, at most 32, the rest next time. */
  takeDeps(own: Bytes): Dep[] {
    const taken: Dep[] = [];
    for (const key of this.#moved) {
      if (taken.length === MAX_DEPS) break;
      this.#moved.delete(key);
      const head = this.#sessions.get(key);
      if (head === undefined || equal(head.session, own)) continue;
      taken.push({ session: head.session.slice(0, DEP_SESSION_BYTES), n: head.have - 1 });
    }
    taken.sort((a, b) => compare(a.session, b.session));
    return taken.filter((dep, index) => index === 0 || !equal(dep.session, taken[index - 1]?.session ?? dep.session));
  }

  /**
   * Verifies and opens records in order of arrival. `commit` gets those that are new, in the same turn in which the
   * heads move, so that nobody sees a head without its contents.
   */
  async accept(
    context: ChainsContext,
    records: readonly Bytes[],
    commit: (opened: OpenedRecord[]) => void,
  ): Promise<Report[]> {
    const reports: Report[] = [];
    const passOver = (record: SealedRecord): void => this.#passOver(record);
    const candidates = this.#candidates(context, records, { reports, passOver });
    const plaintexts = this.#openAll(context, candidates);
    const parts = await Promise.all([...candidates.values()].map((chain) => this.#verified(context, chain, reports)));
    const verified = parts.flat().sort((a, b) => a.index - b.index);
    const opened: OpenedRecord[] = [];
    const opening = await plaintexts;
    for (const { index, record, hash, bytes } of verified) {
      this.#advance(record, hash);
      const plaintext = opening.get(index);
      // The chain goes on, because who may write signed it; but what does not open is not applied (CHK-1).
      const { session, n, gen } = record;
      if (plaintext?.ok) opened.push({ index, session, n, gen, plaintext: plaintext.value, bytes: bytes.length });
      // Of a remark its writer may be to blame (RMK-1).
      else if (partOf(session) === 'text') reports.push(forged('CHK-1', `record ${place(record)} does not open`));
    }
    commit(opened);
    return reports;
  }

  /** Begins with records whose turn has not come; `context` may be of a header that nobody has verified yet. */
  prepare(context: ChainsContext, records: readonly Bytes[]): void {
    const candidates = this.#candidates(context, records, { reports: [], passOver: () => undefined });
    for (const chain of candidates.values()) {
      const last = chain.at(-1);
      if (last !== undefined) void this.#isSigned(context, last);
    }
    void this.#openAll(context, candidates);
  }

  prepareCheckpoint(context: ChainsContext, bytes: Bytes): void {
    void this.#ahead.openCheckpoint(context, bytes);
  }

  /** What is forged is opened in vain, but nobody waits twice. By index. */
  async #openAll(context: ChainsContext, chains: Map<string, Candidate[]>): Promise<Map<number, Result<Bytes>>> {
    const all = [...chains.values()].flat();
    const opened = all.map(async ({ index, bytes, record }) => {
      const within = contextIn(context, record.gen);
      return [index, within === undefined ? fail('open_failed') : await this.#ahead.open(within, bytes)] as const;
    });
    return new Map(await Promise.all(opened));
  }

  /** Whether it was signed by an editor of its generation. */
  async #isSigned(context: ChainsContext, { previous, bytes, record }: Candidate): Promise<boolean> {
    const within = contextIn(context, record.gen);
    return within !== undefined && this.#ahead.isSigned(within, previous, bytes);
  }

  /** One signature for the whole chain (REC-5); when it does not hold, the part before the first bad record. */
  async #verified(context: ChainsContext, chain: Candidate[], reports: Report[]): Promise<Candidate[]> {
    const isSigned = async (candidate: Candidate | undefined): Promise<boolean> =>
      candidate !== undefined && (await this.#isSigned(context, candidate));
    if (chain.length === 0 || (await isSigned(chain.at(-1)))) return chain;
    let good = 0;
    while (await isSigned(chain[good])) good++;
    const bad = chain[good];
    if (bad) reports.push(forged('CHK-1', `record ${place(bad.record)} is not signed by who may write it`));
    return chain.slice(0, good);
  }

  #advance(record: SealedRecord, hash: Bytes): void {
    this.set({ session: record.session.slice(), have: record.n + 1, hash });
    this.#moved.add(toHex(record.session));
    for (const dep of record.deps) {
      if (!this.#holds(dep))
        this.#awaited.push({ dep: { session: dep.session.slice(), n: dep.n }, by: record.session.slice() });
    }
  }

  /** Sorts out what is known or does not follow; hashes what does. */
  #candidates(context: ChainsContext, records: readonly Bytes[], found: Found): Map<string, Candidate[]> {
    const { reports } = found;
    const chains = new Map<string, Candidate[]>();
    for (const [index, bytes] of records.entries()) {
      const decoded = decodeRecord(bytes);
      if (!decoded.ok || decoded.value.gen > context.gen) {
        reports.push(forged('CHK-1', decoded.ok ? `record of generation ${decoded.value.gen}` : 'no record'));
        continue;
      }
      const record = decoded.value;
      if (contextIn(context, record.gen) === undefined) {
        found.passOver(record);
        continue;
      }
      const key = toHex(record.session);
      const chain = chains.get(key) ?? [];
      chains.set(key, chain);
      const base = this.#sessions.has(key) ? undefined : this.#bases.get(key);
      if (base?.have === record.n) this.set(base);
      const next = (chain.at(-1)?.record.n ?? (this.#sessions.get(key)?.have ?? 0) - 1) + 1;
      const previous = this.#hashAt(key, chain, record.n - 1);
      if (record.n > next || (record.n === next && previous === undefined)) {
        reports.push({ code: 'relay_dropped', rule: 'CHK-2', detail: `${place(record)} came where ${next} was next` });
        continue;
      }
      const hash = previous && recordHash(context.keys.docId, previous, bytes, context.suite.sha256);
      const seen = this.#hashAt(key, chain, record.n);
      if (record.n === next && previous && hash) chain.push({ index, bytes, record, previous, hash });
      else if (seen && hash && !equal(seen, hash)) reports.push(forged('CHK-3', `${place(record)} changed`));
    }
    return chains;
  }

  /** Hash of a session's record n, as far as it is known: verified before, or about to be. */
  #hashAt(key: string, chain: Candidate[], n: number): Bytes | undefined {
    if (n < 0) return NO_PREVIOUS;
    const first = chain[0]?.record.n ?? n + 1;
    return n < first ? this.#sessions.get(key)?.hashes.get(n) : chain[n - first]?.hash;
  }

  /** It came, whoever can open it (REC-6). */
  #passOver({ session, n }: SealedRecord): void {
    const key = toHex(session.subarray(0, DEP_SESSION_BYTES));
    this.#passed.set(key, Math.max(n + 1, this.#passed.get(key) ?? 0));
  }

  /** The relay is asked again: what it still has of them comes again. */
  forgetPassed(): void {
    this.#passed.clear();
  }

  /** Whether records of this session, or of any, were passed over (GEN-2). */
  hasPassedOver(session?: Bytes): boolean {
    if (session === undefined) return this.#passed.size > 0;
    return this.#passed.has(toHex(session.subarray(0, DEP_SESSION_BYTES)));
  }

  #holds({ session, n }: Dep): boolean {
    if ((this.#passed.get(toHex(session)) ?? 0) > n) return true;
    const key = this.#prefixes.get(toHex(session));
    return key !== undefined && (this.#sessions.get(key)?.have ?? 0) > n;
  }

  /** REC-6, to be asked when the relay says that we are caught up; each missing dep is told once. */
  missingDeps(): Report[] {
    const missing = this.#awaited.filter(({ dep }) => !this.#holds(dep));
    this.#awaited = [];
    const retired = (this.checkpoint?.retired ?? 0) > 0;
    return missing
      .filter(({ dep }) => !(retired && !this.#prefixes.has(toHex(dep.session))))
      .map(({ dep, by }) => ({
        code: 'relay_dropped',
        rule: 'REC-6',
        detail: `${toHex(by.subarray(0, 4))} built on ${toHex(dep.session)} ${dep.n}, which did not come`,
      }));
  }

  /** CKP-5: verifies and opens (`wrong_generation`: an older one, GEN-2); the caller applies the contents in the same turn and then calls `adoptCheckpoint`. */
  async openCheckpoint(
    context: ChainsContext,
    bytes: Bytes,
  ): Promise<Result<{ checkpoint: Checkpoint; contents: Contents }>> {
    const decoded = decodeCheckpoint(bytes);
    if (!decoded.ok) return decoded;
    const within = contextIn(context, decoded.value.gen);
    if (within === undefined) return fail(decoded.value.gen < context.gen ? 'wrong_generation' : 'bad_message');
    const plaintext = await this.#ahead.openCheckpoint(within, bytes);
    if (!plaintext.ok) return plaintext;
    const contents = decodeContents(decoded.value.flags, plaintext.value);
    return contents.ok ? ok({ checkpoint: decoded.value, contents: contents.value }) : contents;
  }

  /** Moves the heads to the frontier where we are behind it; reports a frontier that contradicts what we verified. */
  adoptCheckpoint(context: ChainsContext, checkpoint: Checkpoint, bytes: Bytes): Report[] {
    const reports: Report[] = [];
    for (const { session, have, hash } of checkpoint.frontier) {
      const known = this.#sessions.get(toHex(session));
      const seen = known?.hashes.get(have - 1);
      if (seen && !equal(seen, hash))
        reports.push(forged('CHK-3', `checkpoint ${checkpoint.seq} covers another record`));
      if (known === undefined || known.have < have) {
        this.set({ session: session.slice(), have, hash: hash.slice() });
      }
    }
    const { suite, keys } = context;
    const hash = checkpointHash(keys.docId, bytes, suite.sha256);
    const { seq, retired, gen } = checkpoint;
    this.checkpoint = { seq, hash, retired, gen };
    return reports;
  }
}

/** Where what does not become a candidate goes. */
interface Found {
  reports: Report[];
  passOver(record: SealedRecord): void;
}

/** The keys of a generation; undefined when this link does not give them. */
function contextIn(context: ChainsContext, gen: number): ChainsContext | undefined {
  if (gen === context.gen) return context;
  const former = gen < context.gen ? context.former?.(gen) : undefined;
  return former && { suite: context.suite, gen, ...former };
}

function place(record: SealedRecord): string {
  return `${toHex(record.session.subarray(0, 4))} ${record.n}`;
}

function forged(rule: string, detail: string): Report {
  return { code: 'relay_forged', rule, detail };
}
