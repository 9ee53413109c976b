import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { makeConfig, StartError } from '../src/index.ts';
import { makeFolder, startRelay } from './support/relay.ts';

const PAGE = '<!doctype html><title>Pad</title>';

function makeFront(): string {
  const folder = makeFolder();
  mkdirSync(join(folder, 'assets'));
  for (const name of ['index', 'pad', 'drop', 'documents', '404'])
    writeFileSync(join(folder, `${name}.html`), `${PAGE}${name}`);
  writeFileSync(join(folder, 'assets', 'pad-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'pad-1a2b.js.br'), brotliCompressSync('export {};'));
  return folder;
}

async function get(path: string, settings = {}, init: RequestInit = {}): Promise<Response> {
  const { server } = await startRelay(settings);
  return fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

describe('pages', () => {
  it('every answer has the security headers', async () => {
    const { server } = await startRelay({ front: makeFront() });
    for (const path of ['/', '/pad', '/assets/pad-1a2b.js', '/host.json', '/health', '/metrics', '/nowhere']) {
      const { headers } = await fetch(`http://127.0.0.1:${server.port}${path}`);
      expect(headers.get('content-security-policy'), path).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy'), path).toBe('same-origin');
      expect(headers.get('permissions-policy'), path).toContain('camera=()');
      expect(headers.get('strict-transport-security'), path).toBeNull();
      expect(headers.get('set-cookie'), path).toBeNull();
    }
  });

  it('behind https browsers are told to stay with it', async () => {
    const settings = { https: true, names: ['pad.example.org'] };
    expect((await get('/', settings)).headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  it.each([
    ['/', 'index'],
    ['/pad', 'pad'],
    ['/drop', 'drop'],
    ['/documents', 'documents'],
  ])('%s is its page, asked for again each time', async (path, name) => {
    const answer = await get(path, { front: makeFront() });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(`${PAGE}${name}`);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('etag')).toBeTruthy();
  });

  it('anything else is the page that says so', async () => {
    const answer = await get('/pad/../nowhere?x=1', { front: makeFront() });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe(`${PAGE}404`);
    expect((await get('/..%2f..%2fpackage.json', { front: makeFront() })).status).toBe(404);
  });

  it('assets are kept for ever, and sent compressed as they lie there', async () => {
    const init = { headers: { 'accept-encoding': 'br' } };
    const answer = await get('/assets/pad-1a2b.js', { front: makeFront() }, init);
    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await answer.text()).toBe('export {};');
  });

  it('says what to do when the pages are not built', async () => {
    const answer = await get('/pad', { front: makeFolder() });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
  });
});

describe('facts about the host', () => {
  it('/host.json says who runs it and how long documents live', async () => {
    const about = { name: 'Les Voisins', operator: 'Asso', contact: 'a@example.org', country: 'FR' };
    const answer = await get('/host.json', { ...about, maxExpiryDays: 180 });
    expect(await answer.json()).toEqual({
      ...about,
      maxExpiryDays: 180,
      allowNever: false,
      defaultExpiryDays: 180,
      portal: false,
      files: { maxBytes: 20 * 2 ** 30, maxDays: 30 },
      inboxes: { maxItems: 10_000, maxDays: 180 },
      pages: { maxBytes: 8_388_608 },
    });
    expect(await (await get('/host.json')).json()).toMatchObject({
      maxExpiryDays: null,
      allowNever: true,
      defaultExpiryDays: 365,
    });
    const none = await get('/host.json', { limits: { blobsMaxBytes: 0, inboxesMaxBytes: 0 } });
    expect(await none.json()).toMatchObject({ files: null, inboxes: null });
  });

  it('/health answers with version and store', async () => {
    const answer = await get('/health');
    expect(answer.status).toBe(200);
    const facts = (await answer.json()) as { version: string; store: { freeBytes: number } };
    expect(facts).toMatchObject({ status: 'pass', store: { writable: true } });
    expect(facts.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(facts.store.freeBytes).toBeGreaterThan(0);
  });

  it('/metrics is what Prometheus reads', async () => {
    const answer = await get('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    for (const name of ['connections', 'records_appended_total', 'commit_seconds_bucket', 'event_loop_delay_seconds']) {
      expect(text).toMatch(new RegExp(`^archipel_${name}`, 'm'));
    }
  });
});

describe('settings', () => {
  it('unknown or wrong ones are named', () => {
    const wrong = (settings: object): string => {
      try {
        makeConfig(settings);
      } catch (error) {
        if (error instanceof StartError) return error.message;
        throw error;
      }
      return 'none';
    };
    expect(wrong({ port: 70_000 })).toContain('port');
    expect(wrong({ limits: { connections: -1 } })).toContain('limits.connections');
    expect(wrong({ limits: { conections: 5 } })).toContain('limits.conections');
    expect(wrong({ names: ['https://pad.example.org'] })).toContain('names.0');
    expect(wrong({ country: 'France' })).toContain('country');
    expect(wrong({})).toBe('none');
    for (const settings of [{ host: '0.0.0.0' }, { host: '::' }, { behindProxy: true }, { https: true }]) {
      expect(wrong(settings)).toContain('names is missing');
      expect(wrong({ ...settings, names: ['pad.example.org'] })).toBe('none');
    }
  });

  it('sizes that the protocol fixes can only be lowered', () => {
    expect(() => makeConfig({ limits: { recordMaxBytes: 2 * 1024 * 1024 } })).toThrow(/limits.recordMaxBytes/);
    expect(makeConfig({ limits: { recordMaxBytes: 1000 } }).limits.recordMaxBytes).toBe(1000);
  });
});
