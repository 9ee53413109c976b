/** A large drop from the host to the disk through a browser: `ARCHIPEL_E2E_DROP_MB=1000 npm run test:e2e -- e2e/take-large.e2e.ts`. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { longDigest, longFile, sendDrop, withoutPickers, withPickers } from './harness/drops.ts';
import { watchMemory } from './harness/memory.ts';
import { type Watched, watchSmoothness } from './harness/smoothness.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();
const MB = 1e6;
const SIZE = Number(process.env.ARCHIPEL_E2E_DROP_MB ?? 64) * MB;
const MOST_HEAP = 300 * MB;
const LONG_MS = 900_000;

test.each([false, true])(
  'the tab needs no more memory than for a small one (chosen place: %s)',
  async (pickers) => {
    const link = await sendDrop(world.origin, [longFile('large.bin', SIZE)]);
    const { page, context } = await world.person();
    await (pickers ? withPickers : withoutPickers)(context);
    await page.goto(link);
    await page.locator('.take-facts').waitFor();
    const devtools = await context.newCDPSession(page);
    const watched: Watched = {
      send: (method, params) => devtools.send(method as 'Performance.enable', params),
      evaluate: (expression) => page.evaluate(expression),
    };
    const [memory, smoothness] = [await watchMemory(page), await watchSmoothness(watched)];
    const began = Date.now();
    const downloading = pickers ? undefined : page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the file' }).click();
    await page.locator('[data-transfer="done"]').waitFor({ timeout: LONG_MS });
    const seconds = (Date.now() - began) / 1000;
    const { busyMs, longTasks, longestMs } = await smoothness.stop();
    const { heap, resident } = await memory.stop();
    const held = `heap ${Math.round(heap / MB)} MB, process ${Math.round(resident / MB)} MB`;
    const busy = `page busy ${((busyMs * MB) / SIZE).toFixed(2)} ms/MB, ${longTasks} long tasks, the longest ${Math.round(longestMs)} ms`;
    const words = `${held}; ${busy}`;
    console.log(`FIGURE ${SIZE / MB} MB taken in ${seconds.toFixed(1)} s (chosen place: ${pickers}): at most ${words}`);
    expect(heap).toBeLessThan(MOST_HEAP);
    const download = await downloading;
    if (download === undefined) return;
    const folder = mkdtempSync(join(tmpdir(), 'archipel-large-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await download.saveAs(join(folder, 'saved'));
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, 'saved')), hash);
    expect(hash.digest('hex')).toBe(longDigest(SIZE));
  },
  LONG_MS,
);
