import type { Document } from '@archipel/client';
import { settle, VirtualClock } from './clock.ts';
import type { Disk } from './disk.ts';
import { CALM, Network, type Weather } from './network.ts';
import { nodeSuite } from './node-suite.ts';
import { FORGED, Person, type PersonPorts, said, words } from './person.ts';
import { type SeededRandom, seededRandom } from './random.ts';

const STEPS = 60;
const MAX_STEP_MS = 700;
const CALM_STEP_MS = 5_000;
const CALM_STEPS = 60;

/** What a run ended in; every list is empty when all is well. */
export interface Outcome {
  /** Somebody's text or words that differ from the first person's. */
  different: string[];
  /** Words that a state pill called saved and that are gone. */
  lost: string[];
  /** People whose pill does not say "saved" in the end. */
  unsaved: string[];
  /** Whoever has something in the text that a commenter put there. */
  forged: string[];
  /** What somebody's program said of its relay. */
  reports: string[];
  /** A line for each event: two runs of a seed have the same. */
  trace: string[];
  words: number;
  remarks: number;
}

/** One document, several people, relays that crash, a network that misbehaves: all from one seed. */
export abstract class Simulation {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: Network;
  readonly people: Person[] = [];
  readonly trace: string[] = [];
  readonly ports: PersonPorts;
  abstract readonly disk: Disk;
  protected abstract readonly storm: Weather;
  /** How many people have the link to comment, and no other. */
  protected readonly commenters: number = 0;
  #viewLink: string | undefined;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.network = new Network(this.clock, seededRandom(seed + 1), CALM);
    const secrets = seededRandom(seed + 2);
    const suite = nodeSuite((length) => secrets.bytes(length));
    this.ports = { clock: this.clock, random: seededRandom(seed + 3), network: this.network, suite };
  }

  /** Every process of the host runs. */
  protected abstract startAll(): void;
  /** Something happens to this person, to the host, or to what lies between them; a number that says what. */
  protected abstract happen(person: Person, link: string): Promise<number>;
  /** Everything works again. */
  protected abstract mendAll(): void;

  /** Chaos for a while, then calm; then everybody, and somebody who comes then, must hold the same. */
  async run(): Promise<Outcome> {
    this.startAll();
    const link = await this.#begin(2 + this.random.below(3));
    this.network.weather = this.storm;
    for (let step = 0; step < STEPS; step++) {
      const person = this.random.pick(this.people);
      const chance = await this.happen(person, link);
      this.trace.push(`${this.clock.now()} ${person.name} ${chance} ${person.document?.state}`);
      await this.clock.advance(this.random.below(MAX_STEP_MS));
    }
    await this.#calm(link);
    return this.#judge(link);
  }

  async #begin(count: number): Promise<string> {
    for (let index = 0; index < count; index++) this.people.push(new Person(`p${index}`, this.ports));
    const [owner, ...others] = this.people;
    if (!owner) throw new Error('nobody');
    const document = await this.wait(owner.create());
    const link = document.links().edit;
    if (!link) throw new Error('no link to write');
    await this.clock.advance(CALM_STEP_MS);
    for (const person of others) await this.wait(person.open(link));
    if (this.commenters > 0) await this.#inviteCommenters(document);
    return link;
  }

  async #inviteCommenters(document: Document): Promise<void> {
    await this.wait(document.openToRemarks());
    const { comment, view } = document.links();
    if (!comment) throw new Error('no link to comment');
    this.#viewLink = view;
    for (let index = 0; index < this.commenters; index++) {
      const person = await this.#openWith(`c${index}`, comment);
      this.people.push(person);
    }
    await this.wait(this.invited(comment));
  }

  /** Commenters have this link. */
  protected async invited(_link: string): Promise<void> {}

  async #openWith(name: string, link: string | undefined): Promise<Person> {
    const person = new Person(name, this.ports);
    person.way = link;
    await this.wait(person.open(link ?? ''));
    return person;
  }

  protected toggleOnline(person: Person): void {
    person.online = !person.online;
    if (!person.online) this.network.cutUnreachable();
  }

  protected async reload(person: Person, link: string): Promise<void> {
    person.die();
    await this.clock.advance(this.random.below(MAX_STEP_MS));
    await this.wait(person.open(link));
  }

  async #calm(link: string): Promise<void> {
    this.network.weather = CALM;
    this.disk.full = false;
    this.mendAll();
    for (const person of this.people) {
      person.online = true;
      if (!person.document) await this.wait(person.open(link));
      person.document?.retry();
    }
    for (let step = 0; step < CALM_STEPS && !this.#isSettled(); step++) await this.clock.advance(CALM_STEP_MS);
  }

  #isSettled(): boolean {
    const [first] = this.people;
    return (
      this.people.every((person) => isSame(person, first as Person)) &&
      this.people.every(({ document }) => document?.state === 'saved')
    );
  }

  async #judge(link: string): Promise<Outcome> {
    const late = new Person('late', this.ports);
    await this.wait(late.open(link));
    const readers = this.#viewLink === undefined ? [] : [await this.#openWith('reader', this.#viewLink)];
    await this.clock.advance(CALM_STEP_MS);
    const everyone = [...this.people, late, ...readers];
    const [first] = everyone;
    const held = new Set(late.document ? words(late.document) : []);
    const remarks = new Set(late.document ? said(late.document) : []);
    const different = everyone.filter((person) => !isSame(person, first as Person));
    return {
      different: different.map((person) => `${person.name}: ${contentOf(person)}`),
      lost: this.people.flatMap(({ acknowledged }) =>
        [...acknowledged].filter((word) => !held.has(word) && !remarks.has(word)),
      ),
      unsaved: everyone
        .filter((person) => person.document?.state !== (readers.includes(person) ? 'readonly' : 'saved'))
        .map(({ name, document }) => `${name}: ${document?.state} ${document?.error ?? ''} ${document?.unsaved}`),
      forged: everyone.filter(hasForged).map(({ name }) => name),
      reports: everyone.flatMap(({ name, reports }) => reports.map((report) => `${name}: ${report}`)),
      trace: [...this.trace, contentOf(late)],
      words: held.size,
      remarks: remarks.size,
    };
  }

  /** Virtual time passes until the promise settles. */
  protected async wait<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const finish = () => {
      isDone = true;
    };
    promise.then(finish, finish);
    await settle();
    while (!isDone) await this.clock.advance(1);
    return promise;
  }
}

/**
 * Who only comments has the same remarks as who writes. In their text may be more: words that were seen live and whose
 * author vanished before they were durable; who writes would make them so, and who comments cannot.
 */
function isSame(one: Person, other: Person): boolean {
  if (one.document?.cap !== 'comment' || !other.document) return contentOf(one) === contentOf(other);
  const seen = new Set(words(one.document));
  return remarksOf(one.document) === remarksOf(other.document) && words(other.document).every((word) => seen.has(word));
}

function remarksOf(document: Document): string {
  const { remarks } = document;
  return JSON.stringify([said(document), remarks.getText('text').toString(), remarks.getArray('words').toArray()]);
}

function contentOf({ document }: Person): string {
  if (!document) return 'nothing';
  const text = document.ydoc.getText('text').toString();
  return JSON.stringify([text, words(document), remarksOf(document)]);
}

/** What remarks try to write stays in the remarks. */
function hasForged({ document }: Person): boolean {
  if (document === undefined) return false;
  return document.ydoc.getText('text').toString().includes(FORGED) || words(document).includes(FORGED);
}
