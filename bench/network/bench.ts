import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Bytes } from '@archipel/protocol';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import type { Output } from '../harness/bench-run.ts';
import type { BenchOptions } from '../harness/options.ts';
import { COUNTRIES, SERVICE, signedDirectory } from './directory.ts';
import type { BenchPage, Choices, Ready } from './page.ts';

const HOSTS = 10_000;
const CHOICES = 5000;
const QUICK_CHOICES = 1000;
/** As a portal compresses (directory/src/portal). */
const BROTLI_QUALITY = 5;
const DIRECTORY_LIMIT_BYTES = 300_000;
const CHOICE_LIMIT_MS = 1;
/** Of each core: with more to do, the machine and not the choice makes the slowest of a hundred. */
const QUIET_LOAD = 0.25;

interface BrowserFigures extends Ready, Choices {
  /** Processor time of the page for one choice, its promise and its timers included. */
  cpuMs: number;
}

interface Figures extends BrowserFigures {
  bytes: number;
  brotliBytes: number;
  gzipBytes: number;
}

async function pageScript(): Promise<string> {
  const bundle = await rolldown({ input: new URL('./page.ts', import.meta.url).pathname, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return output[0].code;
}

/** Isolated from other origins: browsers keep their fine clock for such pages. */
const HEADERS = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

async function serve(script: string, directory: Buffer): Promise<Server> {
  const server = createServer((asked, answer) => {
    if (asked.url === '/page.js') answer.writeHead(200, { ...HEADERS, 'content-type': 'text/javascript' }).end(script);
    else if (asked.url === '/directory') {
      answer.writeHead(200, { ...HEADERS, 'content-encoding': 'br' }).end(directory);
    } else {
      const page = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>';
      answer.writeHead(200, { ...HEADERS, 'content-type': 'text/html' }).end(page);
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function inBrowser(directory: Buffer, choices: number): Promise<BrowserFigures> {
  const server = await serve(await pageScript(), directory);
  const isRoot = process.getuid?.() === 0;
  const executablePath = process.env.ARCHIPEL_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'benchPage' in globalThis);
    const bench = await page.evaluateHandle(() => (globalThis as unknown as { benchPage: BenchPage }).benchPage);
    const ready = await bench.evaluate((it, [service, countries]) => it.prepare('/directory', service, countries), [
      SERVICE,
      COUNTRIES,
    ] as const);
    const tools = await page.context().newCDPSession(page);
    await tools.send('Performance.enable');
    const threadMs = async (): Promise<number> => {
      const { metrics } = await tools.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? Number.NaN);
    };
    const before = await threadMs();
    const chosen = await bench.evaluate((it, count) => it.choose(count), choices);
    return { ...ready, ...chosen, cpuMs: ((await threadMs()) - before) / choices };
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

async function figuresOf(bytes: Bytes, choices: number): Promise<Figures> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  const brotli = await promisify(brotliCompress)(bytes, { params });
  const gzipBytes = (await promisify(gzip)(bytes)).length;
  return { ...(await inBrowser(brotli, choices)), bytes: bytes.length, brotliBytes: brotli.length, gzipBytes };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** Rounds with a directory and a browser of their own; the worst of each figure is what counts. False: a gate does not hold. */
export async function benchNetwork({ quick, rounds }: BenchOptions, { progress, result }: Output): Promise<boolean> {
  const [loadBefore = Number.NaN] = loadavg();
  const isQuiet = loadBefore <= QUIET_LOAD * availableParallelism();
  const all: Figures[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    all.push(await figuresOf(await signedDirectory(HOSTS, round), quick ? QUICK_CHOICES : CHOICES));
  }
  const names = Object.keys(all[0] ?? {}) as (keyof Figures)[];
  const worst = Object.fromEntries(names.map((name) => [name, rounded(Math.max(...all.map((one) => one[name])))]));
  const gates = [
    { gate: 'directory, compressed, bytes', limit: DIRECTORY_LIMIT_BYTES, worst: worst.brotliBytes ?? Number.NaN },
    { gate: 'directory, gzip, bytes', limit: DIRECTORY_LIMIT_BYTES, worst: worst.gzipBytes ?? Number.NaN },
    { gate: 'one choice, median, ms', limit: CHOICE_LIMIT_MS, worst: worst.medianMs ?? Number.NaN },
    { gate: 'one choice, processor time, ms', limit: CHOICE_LIMIT_MS, worst: worst.cpuMs ?? Number.NaN },
    { gate: 'one choice, 99 of 100, ms', limit: CHOICE_LIMIT_MS, worst: worst.p99Ms ?? Number.NaN, needsQuiet: true },
  ].map(({ needsQuiet = false, ...gate }) => {
    const isJudged = isQuiet || !needsQuiet;
    return { ...gate, isJudged, holds: !isJudged || gate.worst <= gate.limit };
  });
  result(`${HOSTS} hosts in a browser, worst of ${rounds} round(s)`);
  for (const name of names) result(`${name.padEnd(12)} ${worst[name]}`);
  for (const { gate, limit, holds, isJudged } of gates) {
    const verdict = isJudged ? (holds ? 'holds' : 'FAILS') : 'busy ';
    result(`${verdict}  ${gate} <= ${limit}${isJudged ? '' : ', not judged: this machine has other work'}`);
  }
  result(JSON.stringify({ bench: 'network', quick, rounds, ...worst, loadBefore, loadAverage: loadavg()[0], gates }));
  return gates.every(({ holds }) => holds);
}
