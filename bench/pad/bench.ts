import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Output } from '../harness/bench-run.ts';
import type { BenchOptions } from '../harness/options.ts';
import { beginningWith } from '../harness/options.ts';
import { ServerProcess } from '../harness/server-process.ts';
import { median, percentile } from '../harness/stats.ts';
import { readPaper } from '../harness/trace.ts';
import { archipel } from '../peers/archipel.ts';
import { linkTo } from '../peers/archipel-room.ts';
import { book, type LongPad, paperInParagraphs } from './documents.ts';
import { historyMs, openingMs, seekMs, typingMs } from './page.ts';

const EDITS_PER_RECORD = 50;
const OPENINGS = 5;
const KEYS = 200;
/** Where the slider goes, as shares of the history: to and fro. */
const PLACES = [0.5, 0.05, 0.95, 0.3, 0.75, 0.1, 0.6, 0.999, 0.2, 0.85, 0.45, 0.01];
const OPEN_LIMIT_MS = 1000;
const TYPING_LIMIT_MS = 50;
const SEEK_LIMIT_MS = 300;

const DOCUMENTS: { name: string; title: string; make: () => LongPad }[] = [
  {
    name: 'paper',
    title: 'the recorded paper of 259,778 edits',
    make: () => paperInParagraphs(readPaper(), EDITS_PER_RECORD),
  },
  { name: 'book', title: '500 pages with headings, lists and tables', make: () => book(readPaper()) },
];

interface Figures {
  firstOpenMs: number;
  openMs: number;
  typingP50Ms: number;
  typingP95Ms: number;
  historyMs: number;
  seekP50Ms: number;
  seekMaxMs: number;
}

const GATES: { figure: keyof Figures; limit: number; words: string }[] = [
  { figure: 'openMs', limit: OPEN_LIMIT_MS, words: 'opening, median, ms' },
  { figure: 'typingP95Ms', limit: TYPING_LIMIT_MS, words: 'key to frame, 95 of 100, ms' },
  { figure: 'seekMaxMs', limit: SEEK_LIMIT_MS, words: 'move in the history, slowest, ms' },
];

async function measure(browser: Browser, origin: string, fragment: string, blocks: number): Promise<Figures> {
  const link = `${origin}/pad#${fragment}`;
  const openings: number[] = [];
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  for (let turn = 0; turn <= OPENINGS; turn++) {
    const page = await context.newPage();
    openings.push(await openingMs(page, link, blocks));
    await page.close();
  }
  const page = await context.newPage();
  await openingMs(page, link, blocks);
  const typing = await typingMs(page, KEYS);
  await page.locator('[data-state="saved"]').waitFor();
  const history = await historyMs(page);
  const seeks = await seekMs(page, PLACES);
  await context.close();
  return {
    firstOpenMs: openings[0] ?? Number.NaN,
    openMs: median(openings.slice(1)),
    typingP50Ms: percentile(typing, 0.5),
    typingP95Ms: percentile(typing, 0.95),
    historyMs: history,
    seekP50Ms: percentile(seeks, 0.5),
    seekMaxMs: Math.max(...seeks),
  };
}

/** Long pads in a real page. False: a gate does not hold. */
export async function benchPad({ quick, only }: BenchOptions, { progress, result }: Output): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-bench-pad-'));
  const isRoot = process.getuid?.() === 0;
  const executablePath = process.env.ARCHIPEL_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });
  const server = await ServerProcess.start(archipel.serverArguments, folder);
  const documents: Record<string, Figures & Omit<LongPad, 'updates'>> = {};
  let isWell = true;
  try {
    for (const { name, title, make } of beginningWith(DOCUMENTS, only)) {
      progress(`${name}: writing ${title}`);
      const { updates, ...size } = make();
      const room = await archipel.createRoom(server.port, name);
      await archipel.replay?.(server.port, room, updates);
      progress(`${name}: ${updates.length} records, ${size.blocks} blocks; measuring`);
      const figures = await measure(browser, `http://localhost:${server.port}`, linkTo(room, 'edit'), size.blocks);
      documents[name] = { ...figures, ...size };
      result(`${title}: ${size.signs} characters in ${size.blocks} blocks`);
      for (const [key, value] of Object.entries(figures)) result(`  ${key.padEnd(12)} ${value.toFixed(1)}`);
      for (const { figure, limit, words } of GATES) {
        const holds = figures[figure] <= limit;
        isWell &&= holds;
        result(`  ${holds ? 'holds' : 'FAILS'}  ${words} <= ${limit}`);
      }
    }
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  result(JSON.stringify({ bench: 'pad', quick, documents, loadAverage: loadavg()[0] }));
  return isWell;
}
