import 'fake-indexeddb/auto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, indexedDbStorage } from '@archipel/client';
import { makeConfig, startServer } from '@archipel/relay';
import { expect, it, onTestFinished, vi } from 'vitest';
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
  document.ydoc.getText('pad').insert(0, 'medical secret');
  await document.flush();
  await document.hide();
  expect((await storage.documents()).length).toBe(1);
  expect(await pad.remove()).toBe('done');
  expect(pad.notices.value).toContain('deleted');
  await client.close();
  expect(await storage.documents()).toEqual([]);
  expect(await list()).toEqual({ ok: true, value: [] });
});
