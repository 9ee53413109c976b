import 'fake-indexeddb/auto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenSocket } from '@archipel/client';
import { createClient, indexedDbStorage, webSocket } from '@archipel/client';
import type { Statement } from '@archipel/protocol';
import { decodeFact, decodeRelayFrame, encodeFrame, STATEMENT } from '@archipel/protocol';
import { makeConfig, startServer } from '@archipel/relay';
import type { Neighbour } from '@archipel/relay/neighbours';
import { startNeighbours } from '@archipel/relay/neighbours';
import { expect, it, onTestFinished, vi } from 'vitest';
import * as Y from 'yjs';
import { padDocument } from '../src/apps/pad/session/pad-document.ts';
import { list } from '../src/documents/store.ts';

it('a pad that its owner deletes leaves nothing in this browser', async () => {
  const data = mkdtempSync(join(tmpdir(), 'archipel-web-'));
  const server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, data, logLevel: 'silent' }));
  onTestFinished(async () => {
    await server.stop();
    rmSync(data, { recursive: true });
  });
  vi.stubGlobal('location', new URL('https://archipel.example.org/pad'));
  const storage = indexedDbStorage();
  const client = createClient({ storage });
  const document = await client.create({ relay: `ws://127.0.0.1:${server.port}/relay` });
  const pad = padDocument(document, Date.now);
  pad.rename('Minutes');
  document.ydoc.getXmlFragment('pad').insert(0, [new Y.XmlText('medical secret')]);
  await document.flush();
  await document.hide();
  expect((await storage.documents()).length).toBe(1);
  expect(await pad.remove()).toBe('done');
  expect(pad.notices.value).toContain('deleted');
  await client.close();
  expect(await storage.documents()).toEqual([]);
  expect(await list()).toEqual({ ok: true, value: [] });
});

/** What the host states passes through `change`, and is signed by it. */
function stating(host: Neighbour, change: (fact: Statement) => Statement): OpenSocket {
  return (url) => {
    const real = webSocket(url);
    const socket = { ...real, onmessage: null, onclose: null } as ReturnType<OpenSocket>;
    socket.send = (frame) => real.send(frame);
    real.onclose = () => socket.onclose?.();
    real.onmessage = (bytes) => {
      const frame = decodeRelayFrame(bytes);
      if (!frame.ok) throw new Error(frame.error);
      const messages = frame.value.messages.map((message) => {
        const said = message.type === 'statement' ? decodeFact(STATEMENT, message.fact) : undefined;
        return message.type === 'statement' && said?.ok
          ? { ...message, fact: host.signs(change(said.value.fact)) }
          : message;
      });
      socket.onmessage?.(encodeFrame(frame.value.channel, messages));
    };
    return socket;
  };
}

it('a host that contradicts itself is told of, with a file to save, until the person has put it away', async () => {
  const [host] = (await startNeighbours(1)) as [Neighbour];
  vi.stubGlobal('location', new URL('https://archipel.example.org/pad'));
  let age = 200;
  const lose = (fact: Statement): Statement => ({ ...fact, time: fact.time - age, ...(age === 0 && { frontier: [] }) });
  const storage = indexedDbStorage();
  const timing = { statementAfterMs: 10, statementEveryMs: 0 };
  const client = createClient({ storage, socket: stating(host, lose), timing });
  onTestFinished(() => client.close());
  const document = await client.create({ relays: [{ hostId: host.id, url: host.url }] });
  const pad = padDocument(document, Date.now);
  document.ydoc.getText('pad').insert(0, 'one');
  const statements = async (): Promise<number> => {
    const [docId = ''] = await storage.documents();
    return (await storage.list(docId, 'statement/')).filter(({ value }) => value.length > 100).length;
  };
  await vi.waitFor(async () => expect(await statements()).toBe(1), 10_000);
  expect([pad.notices.value, pad.evidence]).toEqual([[], undefined]);
  age = 0;
  document.ydoc.getText('pad').insert(0, 'two');
  await vi.waitFor(() => expect(pad.notices.value).toEqual(['relay_contradicts']), 10_000);
  expect(JSON.parse(pad.evidence ?? '')).toMatchObject({ found: [{ hostId: host.id, url: host.url, kind: 'lost' }] });
  pad.dismiss('relay_contradicts');
  expect(pad.notices.value).toEqual([]);
  const [docId = ''] = await storage.documents();
  await vi.waitFor(async () => expect(await storage.list(docId, 'evidence/')).toEqual([]));
});
