// A recorded session of two people, through a real relay process and real sockets.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Document } from '@archipel/client';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { testClient, textOf, untilText } from './support/clients.ts';
import { startRelayProcess } from './support/relay-process.ts';

type Patch = [position: number, deleted: number, inserted: string];
interface Transaction {
  parents: number[];
  agent: number;
  patches: Patch[];
}
interface Session {
  endContent: string;
  txns: Transaction[];
}

const FILE = new URL('../../../testdata/editing-traces/friendsforever.json.gz', import.meta.url);
const NONE = -1;

/** Per transaction: the last one of the other person that it has seen. */
function seenOf({ txns }: Session): number[] {
  const seen: number[] = [];
  for (const [index, { parents, agent }] of txns.entries()) {
    const theirs = parents.map((parent) => (txns[parent]?.agent === agent ? (seen[parent] ?? NONE) : parent));
    seen[index] = Math.max(NONE, ...theirs);
  }
  return seen;
}

/**
 * One person: an editor of their own that takes over what the recorded person had seen, and no more, as soon as the document has it. A
 * counter in the document tells how far the other one was. What arrives together is one update of the document, which may be more than
 * had been seen: so the editor takes the same edits one by one.
 */
class Person {
  readonly agent: number;
  readonly #document: Document;
  readonly #editor = new Y.Doc({ gc: false });
  /** What both made, by their place in the session. */
  readonly #edits: Uint8Array[];
  #seen = NONE;
  #arrived: (() => void) | undefined;

  constructor(agent: number, document: Document, edits: Uint8Array[]) {
    this.agent = agent;
    this.#document = document;
    this.#edits = edits;
    // Where two insert at the same place, the recorded outcome puts the first person's text first.
    this.#editor.clientID = agent + 1;
    document.ydoc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#arrived?.();
    });
  }

  async replay(session: Session, seen: number[], cuts: Set<number>): Promise<void> {
    for (const [index, transaction] of session.txns.entries()) {
      if (transaction.agent !== this.agent) continue;
      await this.#see(seen[index] ?? NONE);
      this.#edit(index, transaction.patches);
      // What the other one saw next ends here: it leaves now, apart from what follows.
      if (cuts.has(index)) await this.#document.hide();
    }
    await this.#document.flush();
  }

  async #see(index: number): Promise<void> {
    const progress = this.#document.ydoc.getMap<number>('progress');
    while ((progress.get(String(1 - this.agent)) ?? NONE) < index) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    for (; this.#seen < index; this.#seen++) {
      const edit = this.#edits[this.#seen + 1];
      // Ours are there already, and what one has already changes nothing.
      if (edit !== undefined) Y.applyUpdate(this.#editor, edit, 'remote');
    }
  }

  #edit(index: number, patches: Patch[]): void {
    const before = Y.encodeStateVector(this.#editor);
    let update: Uint8Array | undefined;
    this.#editor.once('update', (made: Uint8Array) => {
      update = made;
    });
    this.#editor.transact(() => {
      const text = this.#editor.getText('t');
      for (const [position, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(position, deleted);
        if (inserted !== '') text.insert(position, inserted);
      }
      this.#editor.getMap('progress').set(String(this.agent), index);
    });
    const edit = update ?? Y.encodeStateAsUpdate(this.#editor, before);
    this.#edits[index] = edit;
    Y.applyUpdate(this.#document.ydoc, edit, this);
  }
}

it('two recorded people end in exactly the recorded text, and so does who opens it afterwards', {
  timeout: 90_000,
}, async () => {
  const session = JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as Session;
  const seen = seenOf(session);
  const cuts = new Set(seen);
  const limits = { appendsPerSecondPerConnection: 2000, livePerSecondPerConnection: 5000 };
  const relay = await startRelayProcess({ limits });
  const first = await testClient().create({ relay: relay.url });
  await first.flush();
  const link = first.links().edit ?? '';
  const second = await testClient().open(link, { relay: relay.url });
  await second.synced();

  const edits: Uint8Array[] = [];
  const people = [new Person(0, first, edits), new Person(1, second, edits)];
  await Promise.all(people.map((person) => person.replay(session, seen, cuts)));
  await untilText([first, second], session.endContent);
  expect([first.state, second.state]).toEqual(['saved', 'saved']);

  const third = await testClient().open(first.links().view, { relay: relay.url });
  await third.synced();
  expect(textOf(third)).toBe(session.endContent);
  expect([...first.reports, ...second.reports, ...third.reports]).toEqual([]);
});
