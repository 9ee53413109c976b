/** Which host keeps the copy of a document that somebody creates here: drawn for each document, the larger ones more often. */
import { WeightedSet } from '@archipel/directory';
import type { WatchedHost } from '@archipel/directory/portal';
import type { Clock } from '../clock.ts';
import { DOCUMENTS } from './voucher-desk.ts';

const AGREED_MS = 60_000;
const REFUSED_MS = 60_000;
const NO_ANSWER_MS = 5000;
/** Somebody waits: a second one is asked, and no third. */
const ASKED_MAX = 2;
/** What was given longer ago says little of how full a host is. */
const COUNTED_MS = 60 * 60_000;

export type CopyAnswer = 'granted' | 'full' | 'error';

export interface CopiesDeps {
  clock: Pick<Clock, 'now'>;
  /** In [0, 1). */
  random: () => number;
  /** Hosts that answered the last time and with which copies are agreed. */
  hosts(): readonly WatchedHost[];
  /** Whether it keeps copies. */
  ask(host: WatchedHost): Promise<CopyAnswer>;
}

interface Asked {
  answer: Promise<CopyAnswer>;
  /** Undefined: it has not answered yet. */
  agrees: boolean | undefined;
  untilMs: number;
}

export class Copies {
  readonly #deps: CopiesDeps;
  /** By address; asked once for all who come meanwhile. */
  readonly #asked = new Map<string, Asked>();
  /** Copies given to each, by address. */
  readonly #given = new Map<string, number>();
  #countedSinceMs: number;

  constructor(deps: CopiesDeps) {
    this.#deps = deps;
    this.#countedSinceMs = deps.clock.now();
  }

  /** Undefined: nobody keeps one. */
  async choose(): Promise<WatchedHost | undefined> {
    const { clock } = this.#deps;
    if (clock.now() - this.#countedSinceMs > COUNTED_MS) {
      this.#given.clear();
      this.#countedSinceMs = clock.now();
    }
    const tried: WatchedHost[] = [];
    while (tried.length < ASKED_MAX) {
      const host = this.#draw(tried);
      if (host === undefined) return undefined;
      tried.push(host);
      if (!(await this.#agrees(host))) continue;
      this.#given.set(host.origin, (this.#given.get(host.origin) ?? 0) + 1);
      return host;
    }
    return undefined;
  }

  /** Two weighted draws, and of the two the one that got less by its weight, as rule 2 of the directory has it. */
  #draw(tried: readonly WatchedHost[]): WatchedHost | undefined {
    const { random, hosts } = this.#deps;
    const able = hosts().filter((host) => !tried.includes(host) && !this.#hasRefused(host) && weightOf(host) > 0);
    const set = new WeightedSet(able.map(weightOf));
    const [one, other] = [able[set.draw(random()) ?? -1], able[set.draw(random()) ?? -1]];
    if (one === undefined || other === undefined) return one ?? other;
    return this.#share(other) < this.#share(one) ? other : one;
  }

  #share(host: WatchedHost): number {
    return (this.#given.get(host.origin) ?? 0) / weightOf(host);
  }

  #known(host: WatchedHost): Asked | undefined {
    const asked = this.#asked.get(host.origin);
    return asked !== undefined && this.#deps.clock.now() < asked.untilMs ? asked : undefined;
  }

  #hasRefused(host: WatchedHost): boolean {
    return this.#known(host)?.agrees === false;
  }

  async #agrees(host: WatchedHost): Promise<boolean> {
    const asked = this.#known(host) ?? this.#ask(host);
    return (await asked.answer) === 'granted';
  }

  #ask(host: WatchedHost): Asked {
    const { clock, ask } = this.#deps;
    const asked: Asked = { answer: ask(host), agrees: undefined, untilMs: clock.now() + AGREED_MS };
    asked.answer = asked.answer.then((answer) => {
      asked.agrees = answer === 'granted';
      if (!asked.agrees) asked.untilMs = clock.now() + (answer === 'full' ? REFUSED_MS : NO_ANSWER_MS);
      return answer;
    });
    this.#asked.set(host.origin, asked);
    return asked;
  }
}

/** People that it can carry by its own last report; 0 for one that is about to leave. A host that is full of people keeps copies all the same. */
function weightOf({ load }: WatchedHost): number {
  const service = load?.fact.services.find((known) => known.service === DOCUMENTS);
  return service === undefined || service.draining ? 0 : service.capacity;
}
