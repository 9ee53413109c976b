// A drop on two hosts, each a process, when the one that counts its downloads is gone: what its taker reads, and what its owner does.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownHost } from '@archipel/relay/services';
import { freePort, makeKnownHosts } from '@archipel/relay/services';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, person } from './harness/browser.ts';
import { takeDrop } from './harness/drop.ts';
import { sendOwned, takenOf, utf8 } from './harness/drops.ts';
import { WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';

const TEST_MS = 120_000;
const LOOKS: Look[] = [
  { ...PHONE, language: 'fr', theme: 'dark' },
  { ...DESK, language: 'en', theme: 'light' },
];
let folder: string;
let browser: Browser;
let hosts: KnownHost[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archipel-e2e-'));
  const plans = [];
  for (const name of ['Les Mésanges', 'Waldhaus']) {
    const settings = { host: '127.0.0.1', port: await freePort(), name, network: { people: 100 } };
    plans.push({ folder: join(folder, name), settings: { ...settings, limits: { hostGoneMs: 3000 } } });
  }
  hosts = makeKnownHosts(plans);
  await Promise.all(hosts.map((host) => host.start()));
  browser = await launch();
}, TEST_MS);

afterAll(async () => {
  await browser?.close();
  await Promise.all(hosts.map((host) => host.kill()));
  await rm(folder, { recursive: true, force: true });
});

/** At the page of this host. */
async function opened(link: string, { origin }: KnownHost, look: Look = LOOKS[1] as Look): Promise<Page> {
  const { width, height, language, theme } = look;
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const { page } = await person(browser, origin, { viewport: { width, height }, locale, colorScheme: theme });
  await page.goto(`${origin}/drop#${new URL(link).hash.slice(1)}`);
  return page;
}

test('the taker reads why nobody can begin, the owner allows it at the other host, and it is taken once', {
  timeout: TEST_MS,
}, async () => {
  const [a, b] = hosts as [KnownHost, KnownHost];
  const reached = async (): Promise<string> => (await fetch(`${a.origin}/metrics`)).text();
  await expect.poll(reached, { timeout: WAIT_MS }).toContain('archipel_peers_reached 1');
  const { view, own } = await sendOwned(a.origin, [{ name: 'plan.txt', bytes: utf8('north') }], { downloads: 1 });
  /** Without its hosts: that of the page. */
  const here = (link: string): string => `${b.origin}/drop${new URL(link).hash.split('.').slice(0, 3).join('.')}`;
  const isThere = (): Promise<boolean> =>
    takenOf(here(view)).then(
      () => true,
      () => false,
    );
  await expect.poll(isThere, { timeout: WAIT_MS }).toBe(true);
  await a.kill();
  for (const look of LOOKS) {
    const taker = await opened(view, b, look);
    const words = look.language === 'fr' ? 'personne ne peut commencer en attendant' : 'nobody can begin meanwhile';
    await taker.getByText(words).waitFor({ timeout: WAIT_MS });
    await expectSound(taker, 'take-uncounted', look);
    await taker.context().close();
  }
  await expect
    .poll(
      async () => {
        const page = await opened(own, b);
        const at = await page.locator('[data-counting]').getAttribute('data-counting', { timeout: WAIT_MS });
        await page.context().close();
        return at;
      },
      { timeout: TEST_MS / 4, interval: 500 },
    )
    .toBe('gone');
  for (const look of LOOKS) {
    const page = await opened(own, b, look);
    await page.locator('[data-counting="gone"]').waitFor({ timeout: WAIT_MS });
    await expectSound(page, 'drop-mend', look);
    await page.context().close();
  }
  const owner = await opened(own, b);
  await owner.locator('[data-counting="gone"]').waitFor({ timeout: WAIT_MS });
  await owner.goto(`${b.origin}/documents`);
  await owner.getByText('can be mended: open it').waitFor({ timeout: WAIT_MS });
  await owner.getByRole('link', { name: 'plan.txt' }).click();
  await owner.getByRole('button', { name: 'Allow 1 more here' }).click();
  await owner.locator('[data-counting]').waitFor({ state: 'detached', timeout: WAIT_MS });
  await owner.getByText('1 left, then the files are gone.').waitFor({ timeout: WAIT_MS });
  expect((await takeDrop(here(view))).files[0]?.bytes.toString()).toBe('north');
  await a.start();
  await expect(takeDrop(here(view))).rejects.toThrow(/downloads_spent|unavailable/);
});
