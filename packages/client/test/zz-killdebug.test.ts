// Twenty people type while their relay is killed, again and again, at random moments.
import { appendFileSync, copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '@archipel/client';
import { webSocket } from '@archipel/client';
import { decodeClientFrame, decodeRelayFrame, peekRecord, toHex } from '@archipel/protocol';
import { makeConfig, startServer } from '@archipel/relay';
import { expect, it } from 'vitest';
import { testClient, until } from './support/clients.ts';
import { temporaryFolder } from './support/relay.ts';
import { startRelayProcess } from './support/relay-process.ts';

const CLIENTS = 20;
const KILLS = 30;
const DOCUMENTS = 4;
const MAX_LIFE_MS = 600;

/** Words of one person: what was typed, and what the document said was saved. */
class Typist {
  readonly document: Document;
  readonly #name: string;
  typed = 0;
  /** The first so many words were covered by a state `saved`. */
  saved = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(document: Document, name: string) {
    this.document = document;
    this.#name = name;
    document.subscribe(() => this.#look());
  }

  word(index: number): string {
    return `${this.#name}-${index}`;
  }

  start(): void {
    this.#timer = setTimeout(
      () => {
        this.document.ydoc.getArray<string>('words').push([this.word(this.typed)]);
        this.typed++;
        this.#look();
        this.start();
      },
      60 + Math.random() * 140,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (this.document.state === 'saved') this.saved = this.typed;
  }
}

const wordsOf = (document: Document): Set<string> => new Set(document.ydoc.getArray<string>('words').toArray());

/** A copy of the killed relay's disk, so that the relay can go on meanwhile. */
function copyOf(data: string): string {
  const copy = join(temporaryFolder(), 'data');
  mkdirSync(copy);
  for (const file of readdirSync(data)) if (!file.endsWith('-shm')) copyFileSync(join(data, file), join(copy, file));
  return copy;
}

/** What somebody finds who opens these documents there. */
async function wordsOnDisk(copy: string, links: string[]): Promise<Set<string>[]> {
  const server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, data: copy, logLevel: 'silent' }));
  const client = testClient();
  const found: Set<string>[] = [];
  for (const link of links) {
    const document = await client.open(link, { relay: `ws://127.0.0.1:${server.port}/relay` });
    await document.synced();
    found.push(wordsOf(document));
  }
  await client.close();
  await server.stop();
  return found;
}

it('CHK-5: no word that a client called saved is lost by kill -9, thirty times', { timeout: 120_000 }, async () => {
  const relay = await startRelayProcess();
  const first = testClient();
  const originals = await Promise.all(Array.from({ length: DOCUMENTS }, () => first.create({ relay: relay.url })));
  await Promise.all(originals.map((document) => document.flush()));
  const links = originals.map((document) => document.links().edit ?? '');

  const typists: Typist[] = [];
  const all_lines: string[][] = [];
  for (let index = 0; index < CLIENTS; index++) {
    const lines: string[] = [];
    const place = (r: Uint8Array) => {
      const p = peekRecord(r);
      return p.ok ? toHex(p.value.session.subarray(0, 4)) + ':' + p.value.n : '?';
    };
    const note = (dir: string, f: any) => {
      for (const m of f.value.messages) {
        let d = m.type;
        if (m.type === 'records') d += ' ' + m.records.map(place).join(' ');
        if (m.type === 'append') d += ' ' + place(m.record);
        if (m.type === 'open' || m.type === 'opened')
          d += ' ' + m.vector.map((v: any) => toHex(v.session.subarray(0, 4)) + ':' + v.have).join(' ');
        if (m.type === 'ack') d += ' ' + toHex(m.session.subarray(0, 4)) + ':' + m.have;
        if (m.type === 'refused') d += ' ' + m.refused + ' ' + m.error + ' ' + m.n;
        if (m.type !== 'liveData' && m.type !== 'live')
          lines.push((Date.now() % 100000) + ' ' + dir + ' ' + f.value.channel + ' ' + d);
      }
    };
    const document = await testClient({
      socket: (url) => {
        const s = webSocket(url);
        lines.push((Date.now() % 100000) + ' DIAL');
        const like: any = {
          onmessage: null,
          onclose: null,
          close: () => {
            lines.push('close');
            s.close();
          },
          send: (b: Uint8Array) => {
            note('>', decodeClientFrame(b));
            s.send(b);
          },
        };
        s.onmessage = (b) => {
          note('<', decodeRelayFrame(b));
          like.onmessage?.(b);
        };
        s.onclose = () => {
          lines.push((Date.now() % 100000) + ' CLOSED');
          like.onclose?.();
        };
        return like;
      },
    }).open(links[index % DOCUMENTS] ?? '', { relay: relay.url });
    all_lines.push(lines);
    document.on('report', (r) =>
      appendFileSync(
        '/tmp/kill-debug.txt',
        'REPORT ' +
          index +
          ' ' +
          JSON.stringify(r) +
          ' own ' +
          '\n' +
          lines.slice(-60).join('\n') +
          '\n=== writers\n' +
          all_lines
            .filter((_, i) => i % DOCUMENTS === index % DOCUMENTS)
            .map((l) =>
              l
                .filter(
                  (x) =>
                    (x.includes(r.detail.slice(0, 8)) && x.includes('append')) ||
                    x.includes('ack ' + r.detail.slice(0, 8)),
                )
                .slice(-12)
                .join('\n'),
            )
            .join('\n--\n') +
          '\n\n',
      ),
    );
    typists.push(new Typist(document, `p${index}`));
  }
  await Promise.all(typists.map(({ document }) => document.synced()));
  for (const typist of typists) typist.start();

  let promised = 0;
  for (let round = 0; round < KILLS; round++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_LIFE_MS));
    await relay.kill();
    const saved = typists.map((typist) => typist.saved);
    const copy = copyOf(relay.data);
    const [found] = await Promise.all([wordsOnDisk(copy, links), relay.start()]);
    for (const [index, typist] of typists.entries()) {
      const words = found[index % DOCUMENTS];
      const lost = Array.from({ length: saved[index] ?? 0 }, (_, n) => typist.word(n)).filter(
        (word) => !words?.has(word),
      );
      expect(lost, `round ${round}: words that were saved and are not on disk`).toEqual([]);
    }
    promised = saved.reduce((sum, count) => sum + count, 0);
  }
  for (const typist of typists) typist.stop();
  expect(promised).toBeGreaterThan(CLIENTS * KILLS * 2);

  // They go on by themselves, and end equal with every word that was typed.
  await until(
    () => typists.map(({ document }) => document.state),
    (states) => states.every((state) => state === 'saved'),
    20_000,
  );
  for (const [index, { document }] of typists.entries()) {
    const expected = typists.filter((_, other) => other % DOCUMENTS === index % DOCUMENTS);
    const all = new Set(expected.flatMap((typist) => Array.from({ length: typist.typed }, (_, n) => typist.word(n))));
    await until(
      () => wordsOf(document).size,
      (size) => size === all.size,
    );
    expect(wordsOf(document)).toEqual(all);
    expect(document.reports).toEqual([]);
  }
});
