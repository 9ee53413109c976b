/** Downloads of blobs that several hosts have (COPY-4, COPY-5): counted by one, known by all. */
import type { Bytes, ErrorName, PeerBlobMessage, Result } from '@archipel/protocol';
import { fail, ok } from '@archipel/protocol';
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

  constructor(deps: KeepingDeps, lines: Lines) {
    this.#deps = deps;
    this.#lines = lines;
    this.#kept = new Answers(deps.clock);
    this.#taken = new Answers(deps.clock);
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

  /** The host that counts is one of those that have the blob. Errors: `downloads_spent`, `unavailable`. */
  async take(blobId: Bytes, ticket: Bytes): Promise<Result<number>> {
    const answers = this.#reached(blobId).map(({ peer, say }) => {
      const ask = (): void => say({ type: 'blobTake', docId: blobId, ticket });
      return this.#taken.ask(ticketKey(peer.id, blobId, ticket), TAKE_MS, ask);
    });
    // One at most counts; the others say that they do not.
    for await (const answer of answers) {
      if (answer === undefined || answer.error === 'wrong_host') continue;
      return answer.error === undefined ? ok(answer.until) : fail(answer.error);
    }
    return fail('unavailable');
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
    const { blobs, store } = this.#deps;
    const refused = (error: ErrorName): Of<'blobTaken'> => ({ type: 'blobTaken', docId, ticket, until: 0, error });
    const found = await blobs.find(docId);
    if (!found.ok) return refused(found.error === 'not_found' ? 'wrong_host' : found.error);
    const isTheirs = store.copies.find(docId, host) !== undefined;
    if (!isTheirs || !(found.value.counts || found.value.downloads === 0)) return refused('wrong_host');
    const counted = await blobs.downloads.count(docId, ticket);
    return counted.ok ? { type: 'blobTaken', docId, ticket, until: counted.value } : refused(counted.error);
  }

  /** What was given while there was no line. */
  tellAgain({ peer, say }: PeerLine): void {
    const { store, clock } = this.#deps;
    const held = store.copies.tickets(peer.id, Math.floor(clock.now() / SECOND_MS), MAX_TOLD_AGAIN);
    for (const { blobId: docId, ticket, until } of held) say({ type: 'blobTicket', docId, ticket, until });
  }
}
