/** A large drop from a disk to the host through a browser: `ARCHIPEL_E2E_DROP_MB=1000 npm run test:e2e -- e2e/drop-large.e2e.ts`. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { BarePage } from './harness/bare-browser.ts';
import { digestOfDrop } from './harness/drop.ts';
import { longBytes, longDigest } from './harness/drops.ts';
import { watchMemoryOf } from './harness/memory.ts';
import { watchSmoothness } from './harness/smoothness.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const MB = 1e6;
const SIZE = Number(process.env.ARCHIPEL_E2E_DROP_MB ?? 64) * MB;
const MOST_HEAP = 300 * MB;
const LONG_MS = 900_000;

test(
  'the tab needs no more memory than for a small one',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archipel-large-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'large.bin');
    await pipeline(Readable.from(longBytes(SIZE)), createWriteStream(path));
    const page = await BarePage.open(`${world.origin}/drop`);
    onTestFinished(() => page.close());
    await page.until("document.querySelector('[data-field=files]')");
    await page.choose('[data-field=files]', [path]);
    await page.until("document.querySelector('.drop-file')");
    const [memory, smoothness] = [watchMemoryOf(page), await watchSmoothness(page)];
    const began = Date.now();
    await page.evaluate("document.querySelector('.drop-send').click()");
    await page.until("document.querySelector('.link-field')");
    const seconds = (Date.now() - began) / 1000;
    const { busyMs, longTasks, longestMs } = await smoothness.stop();
    const { heap, resident } = await memory.stop();
    const held = `heap ${Math.round(heap / MB)} MB, process ${Math.round(resident / MB)} MB`;
    const busy = `page busy ${((busyMs * MB) / SIZE).toFixed(2)} ms/MB, ${longTasks} long tasks, the longest ${Math.round(longestMs)} ms`;
    console.log(`FIGURE ${SIZE / MB} MB sent in ${seconds.toFixed(1)} s: at most ${held}; ${busy}`);
    expect(heap).toBeLessThan(MOST_HEAP);
    const hash = createHash('sha256');
    await digestOfDrop(await page.evaluate<string>("document.querySelector('.link-field').value"), hash);
    expect(hash.digest('hex')).toBe(longDigest(SIZE));
  },
  LONG_MS,
);
