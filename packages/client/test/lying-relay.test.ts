// What a relay can do to a document, and what the client makes of it: a real relay, and a liar in front of it.

import { cpSync, rmSync } from 'node:fs';
import type { Document } from '@archipel/client';
import { memoryLocks, memoryStorage } from '@archipel/client';
import type { RelayMessage } from '@archipel/protocol';
import { decodeCheckpoint, decodeHeader, headerHash, peekRecord } from '@archipel/protocol';
import { createKeys, keysFromLink, makeSession, sealCheckpoint, signHeader, webSuite } from '@archipel/protocol/secret';
import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { testClient, textOf, type, until, untilText } from './support/clients.ts';
import { Liar } from './support/liar.ts';
import type { TestRelay } from './support/relay.ts';
import { startRelay } from './support/relay.ts';

type Of<T extends RelayMessage['type']> = Extract<RelayMessage, { type: T }>;

let relay: TestRelay;
let liar: Liar;
let writer: Document;

beforeEach(async () => {
  relay = await startRelay();
  liar = new Liar();
  writer = await testClient().create({ relay: relay.url });
  await writer.flush();
});

/** Somebody whose connection the liar has in its hands. */
async function victim(cap: 'edit' | 'view' = 'edit', storage = memoryStorage()): Promise<Document> {
  const client = testClient({ socket: liar.socket, storage, locks: memoryLocks() });
  return client.open(writer.links()[cap] ?? '', { relay: relay.url });
}

async function write(document: Document, text: string): Promise<void> {
  type(document, text);
  await document.flush();
}

const codes = (document: Document): string[] => document.reports.map(({ code, rule }) => `${code} ${rule}`);
const untilReport = (document: Document, report: string): Promise<unknown> =>
  until(
    () => codes(document),
    (seen) => seen.includes(report),
  );

/** Only records are changed; live messages are held back, so that they bring nothing. */
function onRecords(change: (records: Uint8Array[]) => Uint8Array[]): void {
  liar.toClient = (message) => {
    if (message.type === 'liveData') return [];
    if (message.type !== 'records') return [message];
    const records = change(message.records);
    return records.length === 0 ? [] : [{ ...message, records }];
  };
}

const placeOf = (record: Uint8Array): { n: number } => {
  const place = peekRecord(record);
  if (!place.ok) throw new Error(place.error);
  return place.value;
};

const flipped = (bytes: Uint8Array, index: number): Uint8Array => {
  const copy = bytes.slice();
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
};

describe('a relay that withholds', () => {
  it('CHK-2: a dropped record is reported, and got by opening again', async () => {
    const reader = await victim();
    await reader.synced();
    let drops = 1;
    onRecords((records) => (drops-- > 0 ? [] : records));
    await write(writer, 'one ');
    await write(writer, 'two ');
    await untilReport(reader, 'relay_dropped CHK-2');
    await untilText([reader], 'one two ');
  });

  it('CHK-2: a relay that goes on dropping is asked again and again, ever more slowly, and nothing after the gap is shown', async () => {
    const reader = await victim();
    await reader.synced();
    onRecords((records) => records.filter((record) => placeOf(record).n !== 0));
    await write(writer, 'one ');
    await write(writer, 'two ');
    await untilReport(reader, 'relay_dropped CHK-2');
    await until(
      () => liar.asked.filter((message) => message.type === 'open').length,
      (opens) => opens >= 3,
    );
    expect(textOf(reader)).toBe('');
    expect(reader.state).not.toBe('saved');
  });

  it('CHK-2: reordered records are reported, and come right by opening again', async () => {
    const reader = await victim();
    await reader.synced();
    const held: Uint8Array[] = [];
    onRecords((records) => {
      held.push(...records);
      return held.length < 2 ? [] : held.splice(0).reverse();
    });
    await write(writer, 'one ');
    await write(writer, 'two ');
    await untilReport(reader, 'relay_dropped CHK-2');
    liar.honest();
    await untilText([reader], 'one two ');
  });

  it('REC-6: a session that is withheld whole is missed as soon as another builds on it', async () => {
    const other = await testClient().open(writer.links().edit ?? '', { relay: relay.url });
    await other.synced();
    await write(writer, 'hidden ');
    await untilText([other], 'hidden ');
    await write(other, 'seen ');
    const hidden = new Set<string>();
    onRecords((records) =>
      records.filter((record) => {
        const place = peekRecord(record);
        const session = place.ok ? place.value.session.join() : '';
        if (hidden.size === 0) hidden.add(session);
        return !hidden.has(session);
      }),
    );
    const reader = await victim();
    await untilReport(reader, 'relay_dropped REC-6');
  });
});

describe('a relay that repeats and forges', () => {
  it('CHK-3: a record that comes again is ignored', async () => {
    const reader = await victim();
    await reader.synced();
    onRecords((records) => [...records, ...records]);
    await write(writer, 'once');
    await untilText([reader], 'once');
    onRecords((records) => records);
    await write(writer, ' more');
    await untilText([reader], 'once more');
    expect(codes(reader)).toEqual([]);
  });

  it('CHK-3: another record in the place of one that was seen is forged', async () => {
    const reader = await victim();
    await reader.synced();
    let record: Uint8Array | undefined;
    onRecords((records) => {
      record = records[0];
      return records;
    });
    await write(writer, 'true');
    await untilText([reader], 'true');
    if (record) liar.say({ type: 'records', position: 1, records: [flipped(record, record.length - 1)] });
    await untilReport(reader, 'relay_forged CHK-3');
    expect(textOf(reader)).toBe('true');
  });

  it('CHK-1: a record with a changed byte is not applied', async () => {
    const reader = await victim();
    await reader.synced();
    onRecords((records) => records.map((record) => flipped(record, record.length - 70)));
    await write(writer, 'lost in transit');
    await untilReport(reader, 'relay_forged CHK-1');
    expect(textOf(reader)).toBe('');
    liar.honest();
  });

  it('CHK-1: what is good before a forged record is still applied', async () => {
    await write(writer, 'good ');
    await write(writer, 'bad');
    onRecords((records) => records.map((record, index) => (index === 1 ? flipped(record, record.length - 1) : record)));
    const reader = await victim();
    await untilReport(reader, 'relay_forged CHK-1');
    await untilText([reader], 'good ');
  });

  it('CHK-1: a record signed by a key of the relay, sealed with the right content key, is not applied', async () => {
    const reader = await victim('view');
    await reader.synced();
    const keys = await keysFromLink(webSuite, writer.links().view);
    const stranger = await createKeys(webSuite);
    if (!keys.ok || !stranger.editSigner) throw new Error('keys');
    const forger = { ...keys.value, editSigner: stranger.editSigner };
    const session = makeSession(webSuite, forger, 0, webSuite.random(16));
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'false');
    const previous = new Uint8Array(32);
    const plaintext = Y.encodeStateAsUpdate(doc);
    const record = await session.sealRecord({ n: 0, previous, deps: [], plaintext });
    liar.say({ type: 'records', position: 1, records: [record] });
    await untilReport(reader, 'relay_forged CHK-1');
    expect(textOf(reader)).toBe('');
  });

  it('CHK-1: a record of another document is not applied, though the same person wrote it', async () => {
    const other = await testClient().create({ relay: relay.url });
    await write(other, 'for somebody else');
    const thief = new Liar();
    let stolen: Uint8Array | undefined;
    thief.toClient = (message) => {
      if (message.type === 'records') stolen = message.records[0];
      return [message];
    };
    const spy = await testClient({ socket: thief.socket }).open(other.links().view, { relay: relay.url });
    await spy.synced();
    const reader = await victim();
    await reader.synced();
    liar.say({ type: 'records', position: 1, records: [stolen ?? new Uint8Array()] });
    await untilReport(reader, 'relay_forged CHK-1');
    expect(textOf(reader)).toBe('');
  });

  it('CHK-1: bytes that are no record are reported', async () => {
    const reader = await victim();
    await reader.synced();
    liar.say({ type: 'records', position: 1, records: [Uint8Array.of(9, 9, 9)] });
    await untilReport(reader, 'relay_forged CHK-1');
  });

  it('CHK-5: an acknowledgement for a session that is not ours saves nothing', async () => {
    const editor = await victim();
    await editor.synced();
    liar.toClient = (message) => (message.type === 'ack' ? [] : [message]);
    type(editor, 'unsaved');
    await until(() => liar.asked.some((message) => message.type === 'append'), Boolean);
    liar.say({ type: 'ack', level: 1, session: webSuite.random(16), have: 5 });
    await untilReport(editor, 'relay_forged CHK-5');
    expect(editor.state).toBe('sending');
    expect(editor.unsaved).toBe(1);
  });

  it('CHK-5: an acknowledgement for what was not sent yet saves nothing', async () => {
    const editor = await victim();
    await editor.synced();
    let session: Uint8Array | undefined;
    liar.toRelay = (message) => {
      const place = message.type === 'append' ? peekRecord(message.record) : undefined;
      if (place?.ok) session = place.value.session.slice();
      return message.type === 'append' ? [] : [message];
    };
    type(editor, 'unsaved');
    const id = await until(
      () => session,
      (known) => known !== undefined,
    );
    liar.say({ type: 'ack', level: 1, session: id ?? new Uint8Array(), have: 3 });
    await untilReport(editor, 'relay_forged CHK-5');
    expect(editor.state).toBe('sending');
  });

  it('LIVE-2: a live update that no editor signed is not applied, though it opens', async () => {
    const reader = await victim();
    await reader.synced();
    const keys = await keysFromLink(webSuite, writer.links().view);
    const stranger = await createKeys(webSuite);
    if (!keys.ok || !stranger.editSigner) throw new Error('keys');
    const forger = { ...keys.value, editSigner: stranger.editSigner };
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'false');
    const plaintext = Y.encodeStateAsUpdate(doc);
    const session = makeSession(webSuite, forger, 0, webSuite.random(16));
    liar.say({ type: 'liveData', live: await session.sealLive({ count: 0, type: 4, plaintext }) });
    await untilReport(reader, 'relay_forged LIVE-2');
    expect(textOf(reader)).toBe('');
  });

  it('LIVE-3: a live message that comes again is ignored', async () => {
    const reader = await victim();
    await reader.synced();
    await until(
      () => writer.peers,
      (peers) => peers === 2,
    );
    let seen = 0;
    let live: Uint8Array | undefined;
    liar.toClient = (message) => {
      if (message.type === 'liveData' && message.live[1] === 4) live = message.live;
      return message.type === 'records' ? [] : [message];
    };
    reader.ydoc.on('update', () => {
      seen++;
    });
    type(writer, 'live');
    await untilText([reader], 'live');
    const before = seen;
    liar.say({ type: 'liveData', live: live ?? new Uint8Array() });
    liar.honest();
    await write(writer, ' and more');
    await untilText([reader], 'live and more');
    expect(seen).toBe(before + 1);
    expect(codes(reader)).toEqual([]);
  });
});

describe('a relay that serves another or an older state', () => {
  const opened = (change: (message: Of<'opened'>) => Of<'opened'>): void => {
    liar.toClient = (message) => [message.type === 'opened' ? change(message) : message];
  };

  it('HDR-1: a header with other keys is refused, whoever signed it', async () => {
    const mine = await createKeys(webSuite);
    const header = await signHeader(webSuite, mine, { seq: 1, expiry: 0 });
    opened((message) => ({ ...message, header }));
    const reader = await victim();
    await expect(reader.synced()).rejects.toMatchObject({ code: 'bad_header' });
    expect(codes(reader)).toEqual(['relay_forged HDR-1']);
  });

  it('HDR-3: a header older than the one that was seen is reported, and the newer one stays', async () => {
    let old: Uint8Array | undefined;
    opened((message) => {
      old = message.header.slice();
      return message;
    });
    const storage = memoryStorage();
    const first = await victim('edit', storage);
    await first.synced();
    const expiry = Math.floor(Date.now() / 1000) + 86_400;
    expect(await writer.setExpiry(expiry)).toEqual({ ok: true, value: undefined });
    await until(
      () => first.header?.seq,
      (seq) => seq === 2,
    );
    await first.close();
    opened((message) => ({ ...message, header: old ?? message.header }));
    const again = await victim('edit', storage);
    await again.synced();
    expect(codes(again)).toContain('relay_stale HDR-3');
    expect(again.header?.expiry).toBe(expiry);
  });

  it('HDR-2: another header with the same number is reported', async () => {
    const storage = memoryStorage();
    const first = await victim('edit', storage);
    await first.synced();
    await first.close();
    const keys = await keysFromLink(webSuite, writer.links().own ?? '');
    if (!keys.ok) throw new Error(keys.error);
    const header = await signHeader(webSuite, keys.value, { seq: 1, expiry: 2_000_000_000 });
    opened((message) => ({ ...message, header }));
    const again = await victim('edit', storage);
    await again.synced();
    expect(codes(again)).toEqual(['relay_forged HDR-2']);
    expect(again.header?.expiry).toBe(0);
  });

  it('CAP-4: a link of an older generation is told so', async () => {
    const keys = await keysFromLink(webSuite, writer.links().own ?? '', 1);
    if (!keys.ok) throw new Error(keys.error);
    opened((message) => message);
    const first = await victim();
    await first.synced();
    await first.close();
    const { signer } = { signer: keys.value };
    let renewed: Uint8Array | undefined;
    liar.toClient = (message) => (message.type === 'opened' && renewed ? [{ ...message, header: renewed }] : [message]);
    let current: Uint8Array | undefined;
    const look = new Liar();
    look.toClient = (message) => {
      if (message.type === 'opened') current = message.header.slice();
      return [message];
    };
    const witness = await testClient({ socket: look.socket }).open(writer.links().view, { relay: relay.url });
    await witness.synced();
    const previous = headerHash(current ?? new Uint8Array());
    renewed = await signHeader(webSuite, signer, { seq: 2, expiry: 0, previous });
    expect(decodeHeader(renewed)).toMatchObject({ ok: true, value: { gen: 1 } });
    const late = await victim();
    await expect(late.synced()).rejects.toMatchObject({ code: 'wrong_generation' });
  });

  it('CHK-4: a vector behind what this browser has seen is reported', async () => {
    const storage = memoryStorage();
    await write(writer, 'one');
    const first = await victim('view', storage);
    await first.synced();
    await first.close();
    opened((message) => ({ ...message, vector: [] }));
    const again = await victim('view', storage);
    await untilReport(again, 'relay_stale CHK-4');
    expect(textOf(again)).toBe('one');
  });

  it('CHK-4: a checkpoint that is only claimed excuses no session that is missing', async () => {
    await write(writer, 'one ');
    const other = await testClient().open(writer.links().edit ?? '', { relay: relay.url });
    await other.synced();
    await write(other, 'two ');
    const storage = memoryStorage();
    const first = await victim('edit', storage);
    await first.synced();
    await untilText([first], 'one two ');
    await first.close();
    let hidden = '';
    liar.toClient = (message) => {
      if (message.type === 'opened') {
        const [kept, dropped] = message.vector;
        hidden = dropped?.session.join() ?? '';
        return [{ ...message, checkpointSeq: 1_000_000, vector: kept ? [kept] : [] }];
      }
      if (message.type !== 'records') return [message];
      const records = message.records.filter((record) => {
        const place = peekRecord(record);
        return !place.ok || place.value.session.join() !== hidden;
      });
      return [{ ...message, records }];
    };
    const again = await victim('edit', storage);
    await untilReport(again, 'relay_stale CHK-4');
    // An editor's client appends what the relay does not serve.
    await until(() => liar.asked.some((message) => message.type === 'append'), Boolean);
  });

  it('CHK-4: after an old backup, an editor appends again what the relay lost', async () => {
    await write(writer, 'old ');
    await relay.stop();
    const backup = `${relay.folder}-backup`;
    cpSync(relay.folder, backup, { recursive: true });
    await relay.start();
    const other = await testClient().open(writer.links().edit ?? '', { relay: relay.url });
    await other.synced();
    await write(other, 'lost ');
    await untilText([writer], 'old lost ');
    await write(writer, 'too ');
    await relay.stop();
    rmSync(relay.folder, { recursive: true });
    cpSync(backup, relay.folder, { recursive: true });
    rmSync(backup, { recursive: true });
    await relay.start();
    await untilReport(writer, 'relay_stale CHK-4');
    await until(
      () => writer.state,
      (state) => state === 'saved',
    );
    const check = async (): Promise<string> => {
      const late = await testClient().open(writer.links().view, { relay: relay.url });
      await late.synced();
      return textOf(late);
    };
    await expect.poll(check, { timeout: 10_000, interval: 300 }).toBe('old lost too ');
  });

  it('CKP-5: a checkpoint that no editor signed is not used', async () => {
    const reader = await victim('view');
    await reader.synced();
    const keys = await keysFromLink(webSuite, writer.links().view);
    const stranger = await createKeys(webSuite);
    if (!keys.ok || !stranger.editSigner) throw new Error('keys');
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'false');
    const checkpoint = await sealCheckpoint(
      webSuite,
      { ...keys.value, editSigner: stranger.editSigner },
      { gen: 0, seq: 9, retired: 0, frontier: [], plaintext: Y.encodeStateAsUpdate(doc), previous: new Uint8Array(32) },
    );
    liar.say({ type: 'checkpointData', checkpoint });
    await untilReport(reader, 'relay_forged CKP-5');
    expect(textOf(reader)).toBe('');
  });

  it('CKP-5: a checkpoint older than the one that was seen is refused, until the person takes it', async () => {
    const storage = memoryStorage();
    const seen: Uint8Array[] = [];
    const editor = await testClient({ timing: { checkpointRecords: 4 } }).open(writer.links().edit ?? '', {
      relay: relay.url,
    });
    await editor.synced();
    liar.toClient = (message) => {
      if (message.type === 'checkpointData') seen.push(message.checkpoint.slice());
      return [message];
    };
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 4; index++) await write(editor, `${round}${index} `);
      const reads = async (): Promise<number> => {
        const reader = await victim('view');
        await reader.synced();
        await reader.close();
        const last = decodeCheckpoint(seen.at(-1) ?? new Uint8Array());
        return last.ok ? last.value.seq : 0;
      };
      await expect.poll(reads, { timeout: 10_000 }).toBe(round + 1);
    }
    const witness = await victim('view', storage);
    await witness.synced();
    await witness.close();
    const [old] = seen;
    await storage.delete((await storage.documents())[0] ?? '', 'state');
    liar.toClient = (message) => {
      if (message.type === 'checkpointData') return [{ ...message, checkpoint: old ?? message.checkpoint }];
      return [message];
    };
    const again = await victim('view', storage);
    await expect(again.synced()).rejects.toMatchObject({ code: 'relay_stale' });
    expect(codes(again)).toContain('relay_stale CKP-5');
    expect(textOf(again)).toBe('');
    again.acceptOlder();
    await until(
      () => textOf(again),
      (text) => text.startsWith('00 01 02 03 '),
    );
  });
});
