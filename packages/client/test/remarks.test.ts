// §23 between clients: who may only comment says what they like, and the text never hears of it, whatever the relay does.
import { cpSync, rmSync } from 'node:fs';
import type { Client, Document } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import type { RelayMessage } from '@archipel/protocol';
import { concat, decodeCheckpoint, FLAG_REMARKS, NO_PREVIOUS, recordSigningInput } from '@archipel/protocol';
import type { Keys } from '@archipel/protocol/secret';
import { keysFromLink, makeSession, webSuite } from '@archipel/protocol/secret';
import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { newSession } from '../src/part.ts';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
let owner: Document;

beforeEach(async () => {
  relay = await startRelay();
  owner = await testClient().create({ relay: relay.url });
  type(owner, 'text');
  await owner.flush();
});

function linkTo(cap: 'edit' | 'comment' | 'view'): string {
  const link = owner.links()[cap];
  if (link === undefined) throw new Error(`no link to ${cap}`);
  return link;
}

async function open(cap: 'edit' | 'comment' | 'view', client: Client = testClient()): Promise<Document> {
  const document = await client.open(linkTo(cap), { relay: relay.url });
  await document.synced();
  return document;
}

async function commenter(client?: Client): Promise<Document> {
  expect(await owner.openToRemarks()).toEqual({ ok: true, value: undefined });
  return open('comment', client);
}

const said = (document: Document): string => document.remarks.getArray<string>('said').toArray().join(' ');

async function say(document: Document, ...words: string[]): Promise<void> {
  document.remarks.getArray('said').push(words);
  await document.flush();
}

async function untilSaid(documents: Document[], words: string): Promise<void> {
  for (const document of documents)
    await until(
      () => said(document),
      (seen) => seen === words,
    );
}

async function keysOf(link: string): Promise<Keys> {
  const keys = await keysFromLink(webSuite, link);
  if (!keys.ok) throw new Error(keys.error);
  return keys.value;
}

/** What somebody may put into a remark: an update that writes into the text of a copy of it. */
function hostileUpdate(): Uint8Array {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(owner.ydoc));
  const before = Y.encodeStateVector(copy);
  copy.getText('t').insert(0, 'never ');
  return Y.encodeStateAsUpdate(copy, before);
}

/** A remark as a program of their own would seal it. */
async function remarkOf(plaintext: Uint8Array): Promise<Uint8Array> {
  const keys = await keysOf(linkTo('comment'));
  const session = makeSession(webSuite, keys, 0, newSession(webSuite, 'remarks'));
  return session.sealRecord({ n: 0, previous: NO_PREVIOUS, deps: [], plaintext });
}

describe('a link to comment', () => {
  it('HDR-8: is there when the owner opens the document to remarks, for whoever may write too', async () => {
    expect(owner.links().comment).toBeUndefined();
    expect(owner.canRemark).toBe(false);
    const editor = await open('edit');
    await owner.openToRemarks();
    await until(
      () => editor.links().comment,
      (link) => link !== undefined && link === owner.links().comment,
    );
    expect(editor.canRemark).toBe(true);
    const reader = await open('view');
    expect([reader.canRemark, reader.links().comment]).toEqual([false, undefined]);
    expect(await editor.openToRemarks()).toEqual({ ok: false, error: 'not_allowed' });
    await owner.setExpiry(Math.floor(Date.now() / 1000) + 86_400);
    expect(owner.links().comment).toBeDefined();
  });

  it('RMK-1: remarks go to everybody, in a document of their own', async () => {
    const anna = await commenter();
    const reader = await open('view');
    expect([anna.cap, anna.canRemark, anna.state]).toEqual(['comment', true, 'saved']);
    await say(anna, 'one');
    await untilSaid([owner], 'one');
    await say(owner, 'two');
    await untilSaid([owner, anna, reader, await open('view')], 'one two');
    await untilText([owner, anna, reader], 'text');
    for (const document of [owner, anna, reader]) expect(document.reports).toEqual([]);
  });

  it('RMK-4: what is typed into the text with it leaves nowhere, and is said', async () => {
    const anna = await commenter();
    type(anna, 'never');
    expect([anna.state, anna.error]).toEqual(['problem', 'not_allowed']);
    anna.retry();
    await say(anna, 'still');
    await untilSaid([owner], 'still');
    expect(textOf(owner)).toBe('text');
    expect(textOf(await open('view'))).toBe('text');
  });

  it('CHK-6: what is said without the relay waits on this machine; text that an editor left waits for an editor', async () => {
    const client = { storage: memoryStorage(), locks: memoryLocks() };
    await owner.openToRemarks();
    const editor = await open('edit', testClient(client));
    await relay.stop();
    type(editor, ' more');
    editor.remarks.getArray('said').push(['later']);
    await editor.close();
    const anna = await testClient(client).open(linkTo('comment'), { relay: relay.url });
    expect(said(anna)).toBe('later');
    await relay.start();
    await anna.flush();
    await untilSaid([owner], 'later');
    expect(textOf(owner)).toBe('text');
    await anna.close();
    const again = await open('edit', testClient(client));
    await again.flush();
    await untilText([owner], 'text more');
  });

  it('RMK-5: a checkpoint brings both, and erasing the history takes neither', async () => {
    const anna = await commenter();
    await say(anna, 'kept');
    await untilSaid([owner], 'kept');
    expect(await owner.eraseHistory()).toEqual({ ok: true, value: undefined });
    const liar = new Liar();
    const served: RelayMessage[] = [];
    liar.toClient = (message) => {
      served.push(message);
      return [message];
    };
    const late = await open('view', testClient({ socket: liar.socket }));
    expect([textOf(late), said(late)]).toEqual(['text', 'kept']);
    const flags = served.flatMap((message) => {
      const decoded = message.type === 'checkpointData' ? decodeCheckpoint(message.checkpoint) : undefined;
      return decoded?.ok ? [decoded.value.flags & FLAG_REMARKS] : [];
    });
    expect(flags).toEqual([FLAG_REMARKS]);
    expect(served.some(({ type: name }) => name === 'records')).toBe(false);
    await say(anna, 'more');
    await untilSaid([owner, late], 'kept more');
  });

  it('CHK-4: after an old backup of the relay, who only comments brings the remarks back', async () => {
    const anna = await commenter();
    await owner.close();
    await relay.stop();
    const backup = `${relay.folder}-backup`;
    cpSync(relay.folder, backup, { recursive: true });
    await relay.start();
    await say(anna, 'lost');
    await relay.stop();
    rmSync(relay.folder, { recursive: true });
    cpSync(backup, relay.folder, { recursive: true });
    rmSync(backup, { recursive: true });
    await relay.start();
    const check = async (): Promise<string> => {
      const late = await testClient().open(anna.links().view, { relay: relay.url });
      await late.synced();
      return said(late);
    };
    await expect.poll(check, { timeout: 20_000, interval: 300 }).toBe('lost');
    expect(textOf(anna)).toBe('text');
  });
});

describe('a hostile commenter', () => {
  /** Whoever this liar serves is brought, beside what the relay has, these records. */
  async function served(record: () => Promise<Uint8Array>, cap: 'edit' | 'view' = 'edit'): Promise<Document> {
    const liar = new Liar();
    const victim = await open(cap, testClient({ socket: liar.socket }));
    liar.say({ type: 'records', position: 99, records: [await record()] });
    return victim;
  }
  const untilForged = (document: Document): Promise<unknown> =>
    until(
      () => document.reports.map(({ code, rule }) => `${code} ${rule}`),
      (reports) => reports.includes('relay_forged CHK-1'),
    );

  it('RMK-3: signs text with the comment key, and the relay passes it on: nobody takes it', async () => {
    await owner.openToRemarks();
    const keys = await keysOf(linkTo('comment'));
    const { commentSigner } = keys;
    if (commentSigner === undefined) throw new Error('no key');
    const forge = async (): Promise<Uint8Array> => {
      const trick = { ...keys, editSigner: commentSigner };
      const session = makeSession(webSuite, trick, 0, webSuite.random(16));
      return session.sealRecord({ n: 0, previous: NO_PREVIOUS, deps: [], plaintext: hostileUpdate() });
    };
    for (const cap of ['edit', 'view'] as const) {
      const victim = await served(forge, cap);
      await untilForged(victim);
      expect(textOf(victim)).toBe('text');
    }
  });

  it('RMK-3: a reader signs a remark: nobody takes it', async () => {
    await owner.openToRemarks();
    const keys = await keysOf(linkTo('view'));
    const victim = await served(async () => {
      const remark = await remarkOf(hostileUpdate());
      const unsigned = remark.subarray(0, -64);
      const input = recordSigningInput(keys.docId, NO_PREVIOUS, unsigned);
      return concat(unsigned, await keys.readSigner.sign(input));
    });
    await untilForged(victim);
    expect(victim.remarks.getText('t').toString()).toBe('');
  });

  it('HDR-8: a remark in a document that its owner did not open to them is not taken', async () => {
    const own = await keysOf(owner.links().own ?? '');
    const victim = await served(async () => {
      const session = makeSession(webSuite, own, 0, newSession(webSuite, 'remarks'));
      return session.sealRecord({ n: 0, previous: NO_PREVIOUS, deps: [], plaintext: hostileUpdate() });
    });
    await untilForged(victim);
    expect(victim.remarks.getText('t').toString()).toBe('');
  });

  it('RMK-1: writes the text into a remark: it stays a remark, also in checkpoints, in the past, and after a restart', async () => {
    await owner.openToRemarks();
    const client = { storage: memoryStorage(), locks: memoryLocks() };
    const victim = await open('edit', testClient(client));
    await append(await remarkOf(hostileUpdate()));
    await until(
      () => Y.encodeStateAsUpdate(victim.remarks).length,
      (bytes) => bytes > 2,
    );
    type(victim, '!');
    await victim.flush();
    await untilText([owner], 'text!');
    const made = new Y.Doc();
    for await (const { update } of victim.history()) Y.applyUpdate(made, update);
    expect(made.getText('t').toString()).toBe('text!');
    expect(await owner.eraseHistory()).toEqual({ ok: true, value: undefined });
    await victim.close();
    for (const document of [await open('edit', testClient(client)), await open('view')]) {
      expect(textOf(document)).toBe('text!');
      expect(document.reports).toEqual([]);
    }
  });

  it('RMK-1: says what is no update, or does not open: nobody is alarmed, and checkpoints are made', async () => {
    await owner.openToRemarks();
    const reader = await open('view');
    const nonsense = await remarkOf(webSuite.random(300));
    const keys = await keysOf(linkTo('comment'));
    const session = makeSession(
      { ...webSuite, seal: async () => new Uint8Array(40) },
      keys,
      0,
      newSession(webSuite, 'remarks'),
    );
    const sealed = await session.sealRecord({ n: 0, previous: NO_PREVIOUS, deps: [], plaintext: new Uint8Array(24) });
    await append(nonsense);
    await append(sealed);
    await say(owner, 'calm');
    await untilSaid([reader], 'calm');
    expect(await owner.eraseHistory()).toEqual({ ok: true, value: undefined });
    const late = await open('view');
    expect([textOf(late), said(late)]).toEqual(['text', 'calm']);
    for (const document of [owner, reader, late]) expect(document.reports).toEqual([]);
  });

  /** By a modified client whose relay takes it: through a commenter's own connection. */
  async function append(record: Uint8Array): Promise<void> {
    const liar = new Liar();
    const anna = await open('comment', testClient({ socket: liar.socket }));
    const have = new Promise<void>((resolve) => {
      liar.toClient = (message) => {
        if (message.type !== 'ack') return [message];
        resolve();
        return [];
      };
    });
    liar.toRelay = (message) => (message.type === 'append' ? [{ ...message, record }] : [message]);
    anna.remarks.getArray('said').push(['']);
    await have;
    liar.silence();
  }
});
