import { mkdtempSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { ServerProcess } from './harness/server-process.ts';
import { readPaper } from './harness/trace.ts';
import { archipel } from './peers/archipel.ts';
import { linkTo } from './peers/archipel-room.ts';
import { book, paperInParagraphs } from './pad/documents.ts';
import { historyMs, openingMs, seekMs, typingMs } from './pad/page.ts';

const [which = 'book', front = '/tmp/front-readable', stage='open,type'] = process.argv.slice(2);
const folder = mkdtempSync('/tmp/prof/d-');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const server = await ServerProcess.start([...archipel.serverArguments, JSON.stringify({ front })], folder);
const { updates, ...size } = which === 'book' ? book(readPaper()) : paperInParagraphs(readPaper(), 50);
const room = await archipel.createRoom(server.port, 'x');
await archipel.replay?.(server.port, room, updates);
const link = `http://localhost:${server.port}/pad#${linkTo(room, 'edit')}`;
const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });

function summary(profile: any, title: string) {
  const { nodes, samples, timeDeltas } = profile;
  const self = new Map<number, number>();
  samples.forEach((id: number, i: number) => self.set(id, (self.get(id) ?? 0) + timeDeltas[i] / 1000));
  const byId = new Map(nodes.map((n: any) => [n.id, n]));
  const total = new Map<string, number>(); const selfBy = new Map<string, number>();
  const walk = (n: any, seen: Set<string>): number => {
    const key = `${n.callFrame.functionName || '(anon)'} ${n.callFrame.url.split('/').pop()}:${n.callFrame.lineNumber + 1}`;
    const s = self.get(n.id) ?? 0; selfBy.set(key, (selfBy.get(key) ?? 0) + s);
    const fresh = !seen.has(key); const next = fresh ? new Set([...seen, key]) : seen;
    let t = s; for (const c of n.children ?? []) t += walk(byId.get(c), next);
    if (fresh) total.set(key, (total.get(key) ?? 0) + t);
    return t;
  };
  walk(nodes[0], new Set());
  const top = (m: Map<string, number>, k: number) => [...m].sort((a, b) => b[1] - a[1]).slice(0, k).map(([n, v]) => `  ${v.toFixed(0).padStart(7)} ${n}`).join('\n');
  console.log(`== ${title}\nTOTAL\n${top(total, 60)}\nSELF\n${top(selfBy, 30)}`);
}
const metrics = async (tools: any) => Object.fromEntries((await tools.send('Performance.getMetrics')).metrics.map((m: any) => [m.name, m.value]));
const threadMs = async (tools: any) => 1000 * ((await tools.send('Performance.getMetrics')).metrics.find((m: any) => m.name === 'ThreadTime').value);
{
  const warm = await context.newPage(); console.log('first', await openingMs(warm, link, size.blocks)); await warm.close();
}
const page = await context.newPage();
const tools = await context.newCDPSession(page);
await tools.send('Performance.enable');
await tools.send('Profiler.enable');
await tools.send('Profiler.setSamplingInterval', { interval: 500 });
await tools.send('Profiler.start');
let before = await threadMs(tools);
console.log('open', await openingMs(page, link, size.blocks), 'cpu', (await threadMs(tools)) - before);
let p = (await tools.send('Profiler.stop')).profile;
if (stage.includes('open')) summary(p, 'open');
await page.waitForTimeout(3000);
if (stage.includes('type')) {
  await typingMs(page, 2);
  await tools.send('Profiler.start');
  before = await threadMs(tools);
  const m0 = await metrics(tools);
  const t = await typingMs(page, 30);
  const m1 = await metrics(tools);
  console.log(Object.keys(m1).map((k) => `${k} ${((m1[k] - m0[k]) / 30 * (k.endsWith('Duration') || k.endsWith('Time') ? 1000 : 1)).toFixed(2)}`).join('\n'));
  console.log('typing', t.map(Math.round).join(' '), 'cpu per key', ((await threadMs(tools)) - before) / 30);
  p = (await tools.send('Profiler.stop')).profile; summary(p, 'typing');
}
if (stage.includes('trace')) {
  const path = '/tmp/prof/trace.json';
  await browser.startTracing(page, { path, categories: ['devtools.timeline','disabled-by-default-devtools.timeline','blink','cc','viz','toplevel'] });
  await typingMs(page, 10);
  await browser.stopTracing();
  console.log(await page.evaluate(() => getComputedStyle(document.querySelector('#pad-text .tiptap > p')!).contentVisibility));
}
if (stage.includes('seek')) {
  await tools.send('Profiler.start');
  before = await threadMs(tools);
  console.log('history', await historyMs(page), 'cpu', (await threadMs(tools)) - before);
  p = (await tools.send('Profiler.stop')).profile; summary(p, 'history');
  await tools.send('Profiler.start'); before = await threadMs(tools);
  console.log('seek', (await seekMs(page, [0.5, 0.05, 0.95, 0.3])).map(Math.round).join(' '), 'cpu', (await threadMs(tools)) - before);
  p = (await tools.send('Profiler.stop')).profile; summary(p, 'seek');
}
await browser.close(); await server.stop();
process.exit(0);
