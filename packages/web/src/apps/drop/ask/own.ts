/** A request for files, for whoever asks: made, followed, changed, ended. */
import {
  askForFiles,
  type Collected,
  Collection,
  changeRequest,
  countedDrops,
  deleteItem,
  endRequest,
  type InboxHost,
  type OwnRequest,
  openOwnRequest,
  ownInboxOf,
  type RequestTerms,
} from '@archipel/client/inbox';
import { type ErrorName, encodeBase64url, KIND_INBOX, ok, type Result } from '@archipel/protocol';
import {
  type Delivery,
  decodeDelivery,
  type FileRequest,
  fillLinkFor,
  hpke,
  keysFromLink,
  printLink,
  webSuite,
} from '@archipel/protocol/secret';
import { signal } from '@preact/signals';
import { forget, remember } from '../../../documents/store.ts';
import { linkTo } from '../../../shell/fragment.ts';
import { drop as meta } from '../meta.ts';

const SECOND_MS = 1000;

export const requestHost = async (): Promise<InboxHost & { wait(ms: number): Promise<void> }> => ({
  suite: webSuite,
  hpke: await hpke(),
  origin: location.origin,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

/** Whether a link to own is of a request, and not of a drop: the kind is in its docId (CAP-3). */
export async function isRequest(fragment: string): Promise<boolean> {
  return (await keysFromLink(webSuite, fragment, 0, KIND_INBOX)).ok;
}

/** The fragment of the link to own. Errors: those of `askForFiles`. */
export async function makeRequest(
  request: FileRequest,
  terms: RequestTerms & { allBytes: number },
): Promise<Result<string>> {
  const made = await askForFiles(await requestHost(), { request, ...terms });
  if (!made.ok) return made;
  const own = printLink(made.value.own);
  await note(own, encodeBase64url(made.value.own.docId), request.title, terms.expiry);
  return ok(own);
}

function note(link: string, docId: string, title: string, expiry: number): Promise<unknown> {
  const expiresAt = expiry * SECOND_MS;
  const known = { docId, tool: meta.id, title, link: linkTo(meta.path, link), cap: 'own' as const };
  return remember({ ...known, openedAt: Date.now(), expiresAt });
}

export type Sent = Collected<Delivery>;

export interface Counted {
  /** Of all drops that are there, sealed. */
  bytes: number;
  /** Number of the item that came last when the host was asked. */
  last: number;
  /** By the key of the item that announces it, the id in its link. */
  bySender: ReadonlyMap<string, string>;
}

/** ASK-8: its link is not that of the drop that counts for it: that one was deleted, or the link leads somewhere else. */
export function isElsewhere({ number, sender, content }: Sent, counted: Counted | null): boolean {
  if (counted === null || number > counted.last || content === undefined || sender === undefined) return false;
  return counted.bySender.get(sender) !== content.link.split('.')[1];
}

/** What the page of whoever asks shows. */
export class Asked {
  readonly #host: Awaited<ReturnType<typeof requestHost>>;
  readonly #collection: Collection<Delivery>;
  readonly #stopping = new AbortController();
  readonly own = signal<OwnRequest | null>(null);
  readonly items = signal<readonly Sent[]>([]);
  /** What the host counts for it (ASK-8); null: not known. */
  readonly counted = signal<Counted | null>(null);
  /** Undefined: all is well. */
  readonly trouble = signal<ErrorName | undefined>(undefined);
  /** Whole address, to hand on. */
  readonly fillLink: string;
  readonly #link: string;

  private constructor(host: Awaited<ReturnType<typeof requestHost>>, own: OwnRequest, link: string) {
    this.#host = host;
    this.#link = link;
    this.own.value = own;
    const deps = { ...host, signal: this.#stopping.signal };
    this.#collection = new Collection(deps, own.inbox, decodeDelivery);
    const hints = link.split('.')[3]?.split(',') ?? [];
    this.fillLink = linkTo(meta.path, printLink(fillLinkFor(own.inbox.fill, hints)));
  }

  /** Errors: those of `ownInboxOf` and `openOwnRequest`. */
  static async open(link: string): Promise<Result<Asked>> {
    const host = await requestHost();
    const inbox = await ownInboxOf(host, link);
    const own = inbox.ok ? await openOwnRequest(host, inbox.value) : inbox;
    if (!own.ok) return own;
    const asked = new Asked(host, own.value, link);
    await asked.#note();
    return ok(asked);
  }

  #note(): Promise<unknown> {
    const { inbox, request, header } = this.own.value as OwnRequest;
    return note(this.#link, inbox.line.id, request.title, header.expiry);
  }

  /** Until `stop`. */
  async follow(): Promise<void> {
    const changed = (): void => {
      this.items.value = this.#collection.items;
      void this.#count();
    };
    const first = await this.#collection.update();
    changed();
    if (!first.ok) this.trouble.value = first.error;
    const tell = (error: ErrorName | undefined): void => {
      this.trouble.value = error;
    };
    const ended = await this.#collection.follow(changed, tell);
    if (ended !== undefined) this.trouble.value = ended;
  }

  /** A request of before counts nothing. */
  async #count(): Promise<void> {
    const { inbox, header } = this.own.value as OwnRequest;
    if (header.drops === undefined) return;
    const last = this.items.value.at(-1)?.number ?? 0;
    const drops = await countedDrops(this.#host, inbox);
    if (!drops.ok) return;
    const bytes = drops.value.reduce((sum, { length }) => sum + length, 0);
    this.counted.value = { bytes, last, bySender: new Map(drops.value.map(({ id, sender }) => [sender, id])) };
  }

  stop(): void {
    this.#stopping.abort();
  }

  async change(terms: Parameters<typeof changeRequest>[2]): Promise<Result<void>> {
    const changed = await changeRequest(this.#host, this.own.value as OwnRequest, terms);
    if (!changed.ok) return changed;
    this.own.value = changed.value;
    await this.#note();
    return ok(undefined);
  }

  async remove(number: number): Promise<Result<unknown>> {
    return deleteItem(this.#host, (this.own.value as OwnRequest).inbox, number);
  }

  async end(): Promise<Result<void>> {
    const { inbox } = this.own.value as OwnRequest;
    const ended = await endRequest(this.#host, inbox);
    if (ended.ok) await forget(inbox.line.id);
    return ended;
  }
}
