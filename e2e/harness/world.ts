import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launch, person, type Watch } from './browser.ts';
import { RelayProcess, type RelaySettings } from './relay-process.ts';

export interface Person {
  context: BrowserContext;
  page: Page;
  watch: Watch;
}

/** A relay and a browser for the tests of one file; the people of a test leave after it. */
export class World {
  #relay: RelayProcess | undefined;
  #browser: Browser | undefined;
  #people: Person[] = [];
  #residents: Person[] = [];

  get relay(): RelayProcess {
    if (this.#relay === undefined) throw new Error('the relay is started before the tests, not before the file');
    return this.#relay;
  }

  get origin(): string {
    return this.relay.origin;
  }

  async start(settings: RelaySettings, wish: Parameters<typeof launch>[0]): Promise<void> {
    this.#relay = await RelayProcess.start(settings);
    this.#browser = await launch(wish);
  }

  /** Somebody with a browser of their own, at the front of `origin`. */
  async person(options: BrowserContextOptions = {}, origin: string = this.origin): Promise<Person> {
    if (this.#browser === undefined) throw new Error('the browser is started before the tests, not before the file');
    const someone = await person(this.#browser, origin, options);
    this.#people.push(someone);
    return someone;
  }

  /** Somebody who stays for all tests of the file, with a warm cache. */
  async resident(options: BrowserContextOptions = {}): Promise<Person> {
    const someone = await this.person(options);
    this.#people = this.#people.filter((other) => other !== someone);
    this.#residents.push(someone);
    return someone;
  }

  /** A resident who has told the browser their name. */
  async named(name: string, options: BrowserContextOptions = {}): Promise<Person> {
    const someone = await this.resident(options);
    await someone.page.goto(this.origin);
    await someone.page.evaluate((own) => localStorage.setItem('archipel.name', own), name);
    return someone;
  }

  /** Everybody leaves; whatever the test was about, no page has asked another host. */
  async leave(): Promise<void> {
    const people = this.#people;
    this.#people = [];
    await Promise.all(people.map(({ context }) => context.close()));
    expect([...people, ...this.#residents].flatMap(({ watch }) => watch.foreign)).toEqual([]);
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.#relay?.remove();
  }
}

/** The world of a test file: call it once, outside of the tests. */
export function useWorld(settings: RelaySettings = {}, wish: Parameters<typeof launch>[0] = {}): World {
  const world = new World();
  beforeAll(() => world.start(settings, wish));
  afterEach(() => world.leave());
  afterAll(() => world.stop());
  return world;
}
