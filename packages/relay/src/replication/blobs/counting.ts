/** Downloads of blobs that several hosts have (COPY-4, COPY-5, COPY-9): counted by one, known by all. */
import type { Bytes, ErrorName, PeerBlobMessage, Result } from '@archipel/protocol';
import { fail, ok } from '@archipel/protocol';
import type { CountView } from '../../primitives/blob/mirrors.ts';
import type { StoredBlob } from '../../store/blobs.ts';
import { Answers, ticketKey } from './answers.ts';
import type { KeepingDeps, Lines, PeerLine } from './context.ts';

/** Whoever takes a drop waits; a host that is slower hears of the ticket all the same. */
const TOLD_MS = 500;
const TAKE_MS = 3000;
const SECOND_MS = 1000;
/** More than that are not told again after an outage. */
const MAX_TOLD_AGAIN = 10_000;

type Of<T extends PeerBlobMessage['type']> = Extract<PeerBlobMessage, { type: T }>;

export class Counting {
  readonly #deps: KeepingDeps;
  readonly #lines: Lines;
  readonly #kept: Answers<true>;
  readonly #taken: Answers<Of<'blobTaken'>>;
  readonly #startedMs: number;
  readonly #lostMs = new Map<string, number>();

  constructor(deps: KeepingDeps, lines: Lines) {
    this.#deps = deps;
    this.#lines = lines;
    this.#kept = new Answers(deps.clock);
    this.#taken = new Answers(deps.clock);
    this.#startedMs = deps.clock.now();
  }

  lost(host: string): void {
    this.#lostMs.set(host, this.#deps.clock.now());
  }

  #reached(blobId: Bytes): PeerLine[] {
    const copies = this.#deps.store.copies.of(blobId);
    return copies.flatMap(({ host }) => this.#lines.get(host) ?? []);
  }

  async gave(blobId: Bytes, ticket: Bytes, until: number): Promise<void> {
    const told = this.#reached(blobId).map(({ peer, say }) => {
      const tell = (): void => say({ type: 'blobTicket', docId: blobId, ticket, until });
      return this.#kept.ask(ticketKey(peer.id, blobId, ticket), TOLD_MS, tell);
    });
    await Promise.all(told);
  }

  /**
   * The host that counts is one of those that have the blob; where this one counts, those have what it has lent. One is asked after the
   * other: two that have a share would both give. Errors: `downloads_spent`, `unavailable`.
   */
  async take({ blobId, counts }: StoredBlob, ticket: Bytes): Promise<Result<number>> {
    let asked = 0;
    for (const { peer, say } of this.#reached(blobId)) {
      const ask = (): void => say({ type: 'blobTake', docId: blobId, ticket });
      const answer = await this.#taken.ask(ticketKey(peer.id, blobId, ticket), TAKE_MS, ask);
      if (answer === undefined) continue;
      asked += 1;
      if (answer.error === undefined) return ok(answer.until);
      const isNoneLeft = counts && answer.error === 'downloads_spent';
      if (answer.error !== 'wrong_host' && !isNoneLeft) return fail(answer.error);
    }
    const isEverybody = asked === this.#deps.store.copies.of(blobId).length;
    return fail(counts && isEverybody ? 'downloads_spent' : 'unavailable');
  }

  async hear({ peer, say }: PeerLine, message: PeerBlobMessage): Promise<void> {
    const { docId: blobId } = message;
    const { blobs, store } = this.#deps;
    if (message.type === 'blobTicketKept') this.#kept.answer(ticketKey(peer.id, blobId, message.ticket), true);
    if (message.type === 'blobTaken') this.#taken.answer(ticketKey(peer.id, blobId, message.ticket), message);
    if (message.type === 'blobTicket' && store.copies.find(blobId, peer.id) !== undefined) {
      const { ticket } = message;
      const isKept = blobs.downloads.keep(blobId, ticket, this.#atMost(message.until)).ok;
      if (isKept) say({ type: 'blobTicketKept', docId: blobId, ticket });
    }
    if (message.type === 'blobTake') say(await this.#count(peer.id, message));
  }

  /** A ticket holds no longer than one of this host would. */
  #atMost(until: number): number {
    const { clock, limits } = this.#deps;
    return Math.min(until, Math.ceil((clock.now() + limits.blobTicketMs) / SECOND_MS));
  }

  async #count(host: string, { docId, ticket }: Of<'blobTake'>): Promise<Of<'blobTaken'>> {
    const refused = (error: ErrorName): Of<'blobTaken'> => ({ type: 'blobTaken', docId, ticket, until: 0, error });
    const found = await this.#deps.blobs.find(docId);
    if (!found.ok) return refused(found.error === 'not_found' ? 'wrong_host' : found.error);
    const counted = await this.#countFor(host, found.value, ticket);
    return counted.ok ? { type: 'blobTaken', docId, ticket, until: counted.value } : refused(counted.error);
  }

  async #countFor(host: string, blob: StoredBlob, ticket: Bytes): Promise<Result<number>> {
    const { downloads } = this.#deps.blobs;
    const { copies } = this.#deps.store;
    const copy = copies.find(blob.blobId, host);
    if (copy === undefined) return fail('wrong_host');
    if (blob.counts || blob.downloads === 0) {
      const counted = await downloads.count(blob.blobId, ticket);
      const isSpent = !counted.ok && counted.error === 'downloads_spent';
      // Whoever asks looks for what it has itself.
      const isElsewhere = downloads.hasLent(blob) && copies.of(blob.blobId).length > 1;
      return isSpent && isElsewhere ? fail('unavailable') : counted;
    }
    return copy.isCounter ? downloads.ofShare(blob.blobId, ticket) : fail('wrong_host');
  }

  /** COPY-11. */
  view(blob: StoredBlob, hostId: Bytes): CountView | undefined {
    const { blobId, downloads, taken, counts } = blob;
    const copies = this.#deps.store.copies.of(blobId);
    if (copies.length === 0) return undefined;
    const { share, lost } = this.#deps.store.copies.partsOf(blobId);
    const allowed = Math.max(0, downloads - taken);
    if (counts) return { hostId, at: 'here', left: Math.max(0, allowed - lost), apart: lost };
    const counters = copies.filter(({ isCounter }) => isCounter);
    const away = (counters.length > 0 ? counters : copies).map(({ host }) => this.#awayMs(host));
    if (away.some((ms) => ms === undefined)) return { hostId, at: 'there', left: allowed, apart: 0 };
    const isGone = away.every((ms) => ms !== undefined && ms >= this.#deps.limits.hostGoneMs);
    const left = Math.min(share, allowed);
    return { hostId, at: isGone ? 'gone' : 'away', left, apart: allowed - left };
  }

  #awayMs(host: string): number | undefined {
    if (this.#lines.has(host)) return undefined;
    return this.#deps.clock.now() - (this.#lostMs.get(host) ?? this.#startedMs);
  }

  /** What was given while there was no line. */
  tellAgain({ peer, say }: PeerLine): void {
    const { store, clock } = this.#deps;
    const held = store.copies.tickets(peer.id, Math.floor(clock.now() / SECOND_MS), MAX_TOLD_AGAIN);
    for (const { blobId: docId, ticket, until } of held) say({ type: 'blobTicket', docId, ticket, until });
  }
}
