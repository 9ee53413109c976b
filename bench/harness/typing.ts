import { Doc } from 'yjs';
import { clientIdOf } from '../peers/peer.ts';

export interface Key {
  /** When it is struck, in ms after the start. */
  atMs: number;
  writer: number;
  /** Its number among the writer's keys, from 0. */
  number: number;
}

/** Name of the shared text in every benched document. */
export const TEXT = 't';

/**
 * When each of `writers` strikes its keys, in order of time: `keysPerSecond` each, unevenly as people do (each pause is
 * 0.5 to 1.5 times the mean).
 */
export function typingSchedule(
  writers: number,
  keysPerSecond: number,
  durationMs: number,
  random: () => number,
): Key[] {
  const mean = 1000 / keysPerSecond;
  const keys: Key[] = [];
  for (let writer = 0; writer < writers; writer++) {
    let number = 0;
    for (let atMs = random() * mean; atMs < durationMs; atMs += mean * (0.5 + random())) {
      keys.push({ atMs, writer, number: number++ });
    }
  }
  return keys.sort((a, b) => a.atMs - b.atMs);
}

/** A writer who types at the end of an own line, key by key; update i is clock i of the writer. */
export class Typewriter {
  readonly #document = new Doc();
  #updates: Uint8Array[] = [];
  #length = 0;

  constructor(writer: number) {
    this.#document.clientID = clientIdOf(writer);
    this.#document.on('update', (update: Uint8Array) => this.#updates.push(update));
  }

  /** One Yjs update per key of `text`, which goes on where the text before ended. */
  type(text: string): Uint8Array[] {
    this.#updates = [];
    const shared = this.#document.getText(TEXT);
    for (const key of text) {
      shared.insert(this.#length, key);
      this.#length += key.length;
    }
    return this.#updates;
  }
}

/** The Yjs updates of a writer who types `text` key by key. */
export function typedUpdates(writer: number, text: string): Uint8Array[] {
  return new Typewriter(writer).type(text);
}

/** The one Yjs update of a writer who pastes `text` into an empty document. */
export function pastedUpdate(writer: number, text: string): Uint8Array {
  const document = new Doc();
  document.clientID = clientIdOf(writer);
  let pasted = new Uint8Array();
  document.on('update', (update: Uint8Array) => {
    pasted = update as Uint8Array<ArrayBuffer>;
  });
  document.getText(TEXT).insert(0, text);
  return pasted;
}

/** `length` keys of real prose for a writer, each from another place of the same source. */
export function proseFor(writer: number, source: string, length: number): string {
  const start = (writer * 7919) % Math.max(1, source.length - 1);
  const endless = source.slice(start) + source.repeat(Math.ceil(length / source.length));
  return endless.slice(0, length);
}
