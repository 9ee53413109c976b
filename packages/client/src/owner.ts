/** What only an owner may ask of a relay: another header (§4), and the orders of §8. One at a time. */
import type { Bytes, ClientMessage, ErrorName, Header, RelayMessage, Result } from '@archipel/protocol';
import {
  decodeHeader,
  equal,
  fail,
  headerHash,
  MAX_FORMER_KEYS,
  ORDER_DELETE,
  ORDER_ERASE,
  ok,
} from '@archipel/protocol';
import type { HeaderFields, Keys, Suite } from '@archipel/protocol/secret';
import { keysFromLink, linkFor, signHeader, signOrder } from '@archipel/protocol/secret';
import type { Line } from './line.ts';
import type { Clock } from './ports.ts';

type Reply = RelayMessage | undefined;

/** What an owner may change. `pastOpen`: whether readers may see the past (HDR-6). `hasComments`: there is a link to comment, for good (HDR-8). */
type HeaderChange = Partial<Pick<HeaderFields, 'expiry' | 'maxBytes' | 'retention' | 'relays'>> & {
  hasComments?: true;
  pastOpen?: boolean;
};

type SignedChange = HeaderChange & Pick<HeaderFields, 'former'>;

interface Ask {
  message: ClientMessage;
  /** Whether this message is the answer; another's change of the header is not. */
  answers(reply: RelayMessage): boolean;
  resolve(result: Result<void>): void;
}

const SECOND_MS = 1000;

export class Owner {
  readonly #keys: () => Keys;
  readonly #ports: { suite: Suite; clock: Clock };
  readonly #line: Line;
  readonly #header: () => Bytes | undefined;
  #asked: Ask | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(keys: () => Keys, ports: { suite: Suite; clock: Clock }, line: Line, header: () => Bytes | undefined) {
    this.#keys = keys;
    this.#ports = ports;
    this.#line = line;
    this.#header = header;
  }

  /** Changes fields of the header (HDR-2): the next seq, linked to the one before. */
  change(fields: HeaderChange): Promise<Result<void>> {
    return this.#inOrder(() => this.#change(this.#keys(), () => fields));
  }

  /** New links: those of generation `gen`, the next one (GEN-1, HDR-7). `stale_header`: it is that one, or a later one, by now. */
  renew(gen: number): Promise<Result<void>> {
    return this.#inOrder(async () => {
      const keys = await keysFromLink(this.#ports.suite, linkFor(this.#keys(), 'own'), gen);
      if (!keys.ok) return keys;
      return this.#change(keys.value, (header) => {
        if (header.gen !== gen - 1) return undefined;
        const { edit, comment, former = [] } = header;
        return { former: [{ edit, ...(comment && { comment }) }, ...former].slice(0, MAX_FORMER_KEYS) };
      });
    });
  }

  async #change(keys: Keys, fieldsFor: (header: Header) => SignedChange | undefined): Promise<Result<void>> {
    const bytes = this.#header();
    const known = bytes === undefined ? undefined : decodeHeader(bytes);
    if (bytes === undefined || !known?.ok) return fail('unavailable');
    const fields = fieldsFor(known.value);
    if (fields === undefined) return fail('stale_header');
    const { seq, expiry, maxBytes, retention, editorsMayMove, pastOpen, relays, inbox, post, former } = known.value;
    // New links have a new link to comment, where there was one.
    const hasComments = known.value.comment !== undefined;
    const kept = { expiry, maxBytes, retention, editorsMayMove, relays, hasComments, ...(former && { former }) };
    const named = { ...(inbox && { inbox }), ...(post && { post }) };
    const previous = headerHash(bytes, this.#ports.suite.sha256);
    const { pastOpen: wished = pastOpen, ...others } = fields;
    const past = wished ? { pastOpen: true as const } : {};
    const next = { ...kept, ...named, ...past, ...others, seq: seq + 1, previous };
    const header = await signHeader(this.#ports.suite, keys, next);
    return this.#ask({ type: 'header', header }, (reply) => reply.type === 'headerData' && equal(reply.header, header));
  }

  /** ORD-2. */
  delete(): Promise<Result<void>> {
    return this.#order(ORDER_DELETE, (reply) => reply.type === 'ended');
  }

  /** ORD-3. */
  eraseHistory(): Promise<Result<void>> {
    return this.#order(ORDER_ERASE, (reply) => reply.type === 'erased');
  }

  /** The relay holds an older header: gives it the one we know. */
  resend(header: Bytes): void {
    if (this.#keys().ownerSigner !== undefined) this.#line.send({ type: 'header', header });
  }

  /** Answers, and undefined for a broken line. */
  answered(reply: Reply): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    if (reply === undefined) this.#settle(asked, 'unavailable');
    else if (reply.type === 'refused')
      this.#settle(asked, reply.refused === asked.message.type ? reply.error : undefined);
    else if (asked.answers(reply)) this.#settle(asked, 'ok');
    else if (reply.type === 'ended') this.#settle(asked, reply.reason);
  }

  #settle(asked: Ask, outcome: ErrorName | 'ok' | undefined): void {
    if (outcome === undefined) return;
    this.#asked = undefined;
    asked.resolve(outcome === 'ok' ? ok(undefined) : fail(outcome));
  }

  #order(action: 1 | 2, answers: (reply: RelayMessage) => boolean): Promise<Result<void>> {
    return this.#inOrder(async () => {
      const time = Math.floor(this.#ports.clock.now() / SECOND_MS);
      const order = await signOrder(this.#keys(), { action, time });
      return this.#ask({ type: 'order', order }, answers);
    });
  }

  #ask(message: ClientMessage, answers: (reply: RelayMessage) => boolean): Promise<Result<void>> {
    if (!this.#line.isOpen) return Promise.resolve(fail('unavailable'));
    return new Promise((resolve) => {
      this.#asked = { message, answers, resolve };
      this.#line.send(message);
    });
  }

  #inOrder(work: () => Promise<Result<void>>): Promise<Result<void>> {
    if (this.#keys().ownerSigner === undefined) return Promise.resolve(fail('not_allowed'));
    const run = this.#last.then(work);
    this.#last = run.catch(() => undefined);
    return run;
  }
}
