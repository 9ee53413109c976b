// Two lanes, and what happens when somebody vanishes between them: a real relay, cables that are cut.
import type { Client, Document } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import type { ClientMessage } from '@archipel/protocol';
import { peekRecord, toHex } from '@archipel/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

let relay: TestRelay;
beforeEach(async () => {
  relay = await startRelay();
});

const SLOW = { sealAfterMs: 60_000, adoptAfterMs: 60_000 };

async function open(client: Client, link: string): Promise<Document> {
  const document = await client.open(link, { relay: relay.url });
  await document.synced();
  return document;
}

async function lateText(document: Document): Promise<string> {
  const reader = await open(testClient(), document.links().view);
  const text = textOf(reader);
  await reader.close();
  return text;
}

async function created(client: Client = testClient()): Promise<Document> {
  const document = await client.create({ relay: relay.url });
  await document.flush();
  return document;
}

const records = (liar: Liar): Uint8Array[] =>
  liar.asked.flatMap((message) => (message.type === 'append' ? [message.record] : []));

describe('durable lane', () => {
  it('LIVE-5: edits reach everybody by records when every live message is dropped', async () => {
    const anna = await created();
    const liar = new Liar();
    liar.toClient = (message) => (message.type === 'liveData' ? [] : [message]);
    const ben = await open(testClient({ socket: liar.socket }), anna.links().edit ?? '');
    type(anna, 'by record');
    await untilText([ben], 'by record');
  });

  it('merges what was typed in the meantime into one record', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket }));
    for (const letter of 'many small edits') type(anna, letter);
    await anna.flush();
    expect(records(liar)).toHaveLength(1);
    expect(await lateText(anna)).toBe('many small edits');
  });

  it('makes a record at once when much was written', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket, timing: SLOW }));
    type(anna, 'x'.repeat(70_000));
    await until(
      () => records(liar).length,
      (count) => count === 1,
    );
  });

  it('writes an hour offline into few records', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket }));
    await relay.stop();
    await until(
      () => anna.state,
      (state) => state === 'offline',
    );
    for (let index = 0; index < 30; index++) {
      type(anna, `${index} `);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await relay.start();
    await anna.flush();
    expect(records(liar)).toHaveLength(1);
  });
});

describe('live lane', () => {
  it('shows an edit before any record of it', async () => {
    const anna = await created(testClient({ timing: SLOW }));
    const ben = await open(testClient({ timing: SLOW }), anna.links().edit ?? '');
    await until(
      () => anna.peers,
      (peers) => peers === 2,
    );
    type(anna, 'at once');
    await untilText([ben], 'at once');
    expect(anna.state).toBe('sending');
    expect(await lateText(anna)).toBe('');
  });

  it('sends nothing live while nobody else is here', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket }));
    type(anna, 'alone');
    await anna.flush();
    expect(liar.asked.filter((message) => message.type === 'live')).toEqual([]);
  });

  it('LIVE-1: a reader sees live edits, and what a reader types stays with the reader', async () => {
    const anna = await created();
    const liar = new Liar();
    const reader = await open(testClient({ socket: liar.socket }), anna.links().view);
    const errors: string[] = [];
    reader.on('error', (error) => errors.push(error));
    type(reader, 'not mine to write');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(errors).toEqual(['not_allowed']);
    expect(records(liar)).toEqual([]);
    expect(liar.asked.filter((message) => message.type === 'live' && message.live[1] === 4)).toEqual([]);
    expect(textOf(anna)).toBe('');
    expect(reader.state).toBe('readonly');
  });
});

describe('what is built on live text', () => {
  /** Anna's text reaches Ben live, and never the relay's disk. */
  async function annaVanishes(benTiming: object): Promise<{ ben: Document; anna: Document; liar: Liar }> {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket, timing: SLOW }));
    const ben = await open(testClient({ timing: benTiming }), anna.links().edit ?? '');
    await until(
      () => anna.peers,
      (peers) => peers === 2,
    );
    type(anna, 'Anna was here. ');
    await untilText([ben], 'Anna was here. ');
    liar.silence();
    return { ben, anna, liar };
  }

  it('LIVE-4: a record carries along the live text it is built on', async () => {
    const { ben } = await annaVanishes({ adoptAfterMs: 60_000 });
    type(ben, 'Ben too.');
    await ben.flush();
    expect(await lateText(ben)).toBe('Anna was here. Ben too.');
  });

  it('LIVE-4: a record that is not built on live text does not carry it', async () => {
    const { ben } = await annaVanishes({ adoptAfterMs: 60_000 });
    ben.ydoc.getMap('m').set('ben', 1);
    await ben.flush();
    expect(await lateText(ben)).toBe('');
  });

  it('LIVE-4: whoever holds live text that nobody made durable appends it after a while', async () => {
    const { ben } = await annaVanishes({});
    await expect.poll(() => lateText(ben), { timeout: 5000, interval: 100 }).toBe('Anna was here. ');
  });

  it('LIVE-4: a live deletion that nobody made durable is adopted too', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket, timing: SLOW }));
    type(anna, 'too much');
    await anna.flush();
    const ben = await open(testClient(), anna.links().edit ?? '');
    await until(
      () => anna.peers,
      (peers) => peers === 2,
    );
    anna.ydoc.getText('t').delete(3, 5);
    await untilText([ben], 'too');
    liar.silence();
    await expect.poll(() => lateText(ben), { timeout: 5000, interval: 100 }).toBe('too');
  });

  it('LIVE-4: of several who hold it, not all append it', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket, timing: SLOW }));
    const witnesses = Array.from({ length: 4 }, () => new Liar());
    const timing = { adoptAfterMs: 100, adoptJitterMs: 2000 };
    const others: Document[] = [];
    for (const { socket } of witnesses)
      others.push(await open(testClient({ socket, timing }), anna.links().edit ?? ''));
    await until(
      () => anna.peers,
      (peers) => peers === 5,
    );
    type(anna, 'orphan');
    await untilText(others, 'orphan');
    liar.silence();
    const [ben] = others;
    await expect.poll(() => (ben ? lateText(ben) : ''), { timeout: 8000, interval: 200 }).toBe('orphan');
    await new Promise((resolve) => setTimeout(resolve, 2200));
    const appended = witnesses.reduce((sum, witness) => sum + records(witness).length, 0);
    expect(appended).toBeLessThan(4);
  });
});

describe('outbox', () => {
  const appends = (messages: ClientMessage[]): Map<string, string> => {
    const found = new Map<string, string>();
    for (const message of messages) {
      if (message.type !== 'append') continue;
      const place = peekRecord(message.record);
      if (!place.ok) throw new Error(place.error);
      const key = `${toHex(place.value.session)} ${place.value.n}`;
      const bytes = toHex(message.record);
      expect(found.get(key) ?? bytes, 'REC-1: another plaintext for the same n').toBe(bytes);
      found.set(key, bytes);
    }
    return found;
  };

  it('CHK-6: an unacknowledged record survives a crash and is sent again with the same bytes', async () => {
    const storage = memoryStorage();
    const before = new Liar();
    const anna = await created(testClient({ socket: before.socket, storage, locks: memoryLocks() }));
    before.toRelay = (message) => (message.type === 'append' ? [] : [message]);
    type(anna, 'never arrived');
    await until(
      () => records(before).length,
      (count) => count > 0,
    );
    before.silence();

    const after = new Liar();
    const client = testClient({ socket: after.socket, storage, locks: memoryLocks() });
    const again = await client.open(anna.links().own ?? '', { relay: relay.url });
    expect(textOf(again)).toBe('never arrived');
    expect(again.unsaved).toBe(1);
    await again.flush();
    const [lost] = appends(before.asked);
    expect(lost).toBeDefined();
    expect(appends(after.asked).get(lost?.[0] ?? '')).toBe(lost?.[1]);
    expect(await lateText(again)).toBe('never arrived');
  });

  it('CHK-6: edits that were not sealed yet survive a crash too', async () => {
    const storage = memoryStorage();
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket, storage, locks: memoryLocks(), timing: SLOW }));
    type(anna, 'just typed');
    await until(() => storage.list, Boolean);
    const [docId = ''] = await storage.documents();
    await expect.poll(async () => (await storage.list(docId, 'pending/')).length).toBe(1);
    liar.silence();
    const again = await testClient({ storage, locks: memoryLocks() }).open(anna.links().own ?? '', {
      relay: relay.url,
    });
    expect(textOf(again)).toBe('just typed');
    await again.flush();
    expect(await lateText(again)).toBe('just typed');
    await expect.poll(async () => (await storage.list(docId, 'pending/')).length).toBe(0);
  });

  it('REC-1: a new program takes a new session, and never uses an n twice', async () => {
    const storage = memoryStorage();
    const asked: ClientMessage[] = [];
    let link = '';
    for (let run = 0; run < 4; run++) {
      const liar = new Liar();
      const client = testClient({ socket: liar.socket, storage, locks: memoryLocks() });
      const document = link === '' ? await created(client) : await open(client, link);
      link = document.links().own ?? '';
      type(document, `run ${run} `);
      await document.flush();
      // Sealed, sent and lost: the next program must not take its place.
      liar.toRelay = (message) => (message.type === 'append' ? [] : [message]);
      const count = records(liar).length;
      type(document, `lost ${run} `);
      await until(
        () => records(liar).length,
        (sent) => sent > count,
      );
      liar.silence();
      asked.push(...liar.asked);
    }
    expect(new Set([...appends(asked).keys()].map((key) => key.split(' ')[0])).size).toBe(4);
    const last = await open(testClient({ storage, locks: memoryLocks() }), link);
    await last.flush();
    for (let run = 0; run < 4; run++) expect(textOf(last)).toContain(`run ${run} lost ${run}`);
  });

  it('two tabs of one browser keep out of each other’s outbox', async () => {
    const storage = memoryStorage();
    const locks = memoryLocks();
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket, storage, locks }));
    liar.toRelay = (message) => (message.type === 'append' ? [] : [message]);
    type(anna, 'first tab');
    await until(
      () => records(liar).length,
      (count) => count > 0,
    );
    const second = new Liar();
    const tab = await open(testClient({ socket: second.socket, storage, locks }), anna.links().own ?? '');
    expect(tab.unsaved).toBe(0);
    expect(records(second)).toEqual([]);
    liar.honest();
    type(tab, 'second tab');
    await tab.flush();
  });

  it('CKP-6: what a closed session held is sealed again in a new one', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket }));
    type(anna, 'first ');
    await anna.flush();
    let refusals = 1;
    liar.toRelay = (message) => {
      if (message.type !== 'append' || refusals-- <= 0) return [message];
      const place = peekRecord(message.record);
      if (place.ok) {
        const { session, n } = place.value;
        liar.say({ type: 'refused', refused: 'append', error: 'session_closed', retryAfterMs: 0, session, n });
      }
      return [];
    };
    type(anna, 'second');
    await anna.flush();
    const sessions = new Set(records(liar).map((record) => toHex(peekSession(record))));
    expect(sessions.size).toBe(2);
    expect(await lateText(anna)).toBe('first second');
    expect(anna.reports).toEqual([]);
  });

  it('CHK-5: what no longer fits when it is sealed again stays unsaved, and goes when it was made smaller', async () => {
    const liar = new Liar();
    const storage = memoryStorage();
    const anna = await created(testClient({ socket: liar.socket, storage, locks: memoryLocks() }));
    type(anna, 'first ');
    await anna.flush();
    // The relay comes back with a lower limit, and the session was retired meanwhile (CKP-6).
    let step = 0;
    liar.toClient = (message) => [message.type === 'welcome' ? { ...message, maxRecordBytes: 5000 } : message];
    liar.toRelay = (message) => {
      const place = message.type === 'append' ? peekRecord(message.record) : undefined;
      if (!place?.ok || step > 1) return [message];
      const { session, n } = place.value;
      if (step++ === 1)
        liar.say({ type: 'refused', refused: 'append', error: 'session_closed', retryAfterMs: 0, session, n });
      return [];
    };
    const chance = Array.from({ length: 8000 }, () => Math.random().toString(36)[3] ?? 'x').join('');
    type(anna, chance);
    await until(
      () => step,
      (steps) => steps === 1,
    );
    await relay.stop();
    await relay.start();
    await expect(anna.flush()).rejects.toMatchObject({ code: 'too_large' });
    expect([anna.state, anna.error, anna.unsaved > 0]).toEqual(['problem', 'too_large', true]);
    const [docId = ''] = await storage.documents();
    await expect.poll(async () => (await storage.list(docId, 'pending/')).length).toBeGreaterThan(0);
    anna.ydoc.getText('t').delete(16, 7990);
    await until(
      () => anna.state,
      (state) => state === 'saved',
    );
    expect(await lateText(anna)).toBe(`first ${chance.slice(0, 10)}`);
  });

  it('CON-10: a refused record is sent again, in order, when the relay may take it', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket }));
    let refusals = 3;
    liar.toRelay = (message) => {
      if (message.type !== 'append' || refusals-- <= 0) return [message];
      const place = peekRecord(message.record);
      if (place.ok) {
        const { session, n } = place.value;
        liar.say({ type: 'refused', refused: 'append', error: 'rate_limited', retryAfterMs: 20, session, n });
      }
      return [];
    };
    for (const word of ['one ', 'two ', 'three ']) {
      type(anna, word);
      await anna.hide();
    }
    await anna.flush();
    expect(await lateText(anna)).toBe('one two three ');
    appends(liar.asked);
  });

  it('CHK-5: a record that was refused and stored after all is acknowledged', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket }));
    let refusals = 1;
    liar.toRelay = (message) => {
      const place = message.type === 'append' ? peekRecord(message.record) : undefined;
      if (!place?.ok || refusals-- <= 0) return [message];
      const { session, n } = place.value;
      const refusal = { type: 'refused', refused: 'append', error: 'rate_limited', retryAfterMs: 60_000 } as const;
      queueMicrotask(() => liar.say({ ...refusal, session, n }));
      return [message];
    };
    type(anna, 'once');
    await anna.flush();
    expect(anna.reports).toEqual([]);
    expect(records(liar).length).toBe(1);
  });

  it('REC-3: a record that was stored but never acknowledged is not stored twice', async () => {
    const liar = new Liar();
    const anna = await created(testClient({ socket: liar.socket }));
    liar.toClient = (message) => (message.type === 'ack' ? [] : [message]);
    type(anna, 'once');
    await until(
      () => records(liar).length,
      (count) => count > 0,
    );
    await relay.stop();
    liar.honest();
    await relay.start();
    await anna.flush();
    const steps: number[] = [];
    for await (const step of anna.history()) steps.push(step.n);
    expect(steps).toEqual([0]);
  });
});

function peekSession(record: Uint8Array): Uint8Array {
  const place = peekRecord(record);
  if (!place.ok) throw new Error(place.error);
  return place.value.session;
}
