/** A portal and another host as processes, and what people see of them. */
import type { KnownHost } from '@archipel/relay/services';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, person } from './harness/browser.ts';
import { untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';
import { type SmallNetwork, startSmallNetwork } from './harness/small-network.ts';

/** The portal asks every 25 s, calls a host away after two failures, and makes its page anew every 10 s. */
const AWAY_MS = 120_000;
const LOOKS: Look[] = [
  { ...PHONE, language: 'fr', theme: 'dark' },
  { ...PHONE, language: 'en', theme: 'light' },
  { ...DESK, language: 'en', theme: 'dark' },
  { ...DESK, language: 'fr', theme: 'light' },
];
const DESK_EN: Look = { ...DESK, language: 'en', theme: 'light' };

let browser: Browser;
let network: SmallNetwork;

beforeAll(async () => {
  network = await startSmallNetwork();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await network?.close();
});

async function visitor({ width, height, language, theme }: Look) {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  return person(browser, network.portal.origin, { viewport: { width, height }, locale, colorScheme: theme });
}

const startPad = (page: Page): Promise<void> => page.locator('.tool-start [href^="/pad"]').click();

const line = (page: Page, host: KnownHost) => page.locator(`.host[data-host="${host.id}"]`);

/** Reloads until the portal says so of the host. */
async function untilStanding(page: Page, host: KnownHost, standing: string): Promise<void> {
  const is = async (): Promise<string | null> => {
    await page.goto(`${network.portal.origin}/hosts`);
    await page.locator('.host').first().waitFor();
    const found = line(page, host);
    return (await found.count()) === 0 ? null : found.getAttribute('data-standing');
  };
  await expect.poll(is, { timeout: AWAY_MS, interval: 1000 }).toBe(standing);
}

describe('the pages of the network', () => {
  test('hosts, a host, a service of other software, and what the portal says before one starts', async () => {
    for (const look of LOOKS) {
      const { page, context, watch } = await visitor(look);
      await untilStanding(page, network.other, 'room');
      await untilStanding(page, network.portal, 'room');
      await expect.poll(() => page.locator('.host[data-standing=room]').count()).toBe(3);
      await expectSound(page, 'hosts', look);
      await page.locator('.hosts-search input[type=search]').fill('insel');
      await expect.poll(() => page.locator('.host').count()).toBe(1);
      await line(page, network.other).getByRole('link').click();
      await page.locator('.fact').first().waitFor();
      expect(await page.locator('h1').textContent()).toBe('Inselgarten');
      await expectSound(page, 'host', look);
      await page.goto(network.portal.origin);
      await page.locator('.where').waitFor();
      await expectSound(page, 'portal-network', look);
      expect(watch.errors).toEqual([]);
      expect(watch.foreign).toEqual([]);
      await context.close();
    }
  }, 240_000);

  test('every page leads to the hosts: its head, its foot, and the menu of a pad', async () => {
    for (const look of LOOKS) {
      const { page, context } = await visitor(look);
      const words = look.language === 'fr' ? 'Hébergeurs' : 'Hosts';
      for (const path of ['/', '/documents']) {
        await page.goto(`${network.portal.origin}${path}`);
        await page.locator('.page-head').getByRole('link', { name: words }).waitFor();
        await page.locator('.page-foot').getByRole('link', { name: words }).waitFor();
        await expectSound(page, path === '/' ? 'portal-links' : 'documents-links', look);
      }
      await page.goto(`${network.portal.origin}/pad?new`);
      await untilPill(page, 'saved');
      await page.locator('.app-head .menu > button').last().click();
      await expectSound(page, 'pad-menu-links', look);
      await page.locator('.menu-panel').getByRole('link', { name: words }).click();
      await page.locator('.host').first().waitFor();
      await context.close();
    }
  }, 240_000);

  test('a document that is wished for at another host is made there', async () => {
    const { page, context, watch } = await visitor(DESK_EN);
    await page.goto(`${network.portal.origin}/?host=${network.other.id}`);
    await page.locator('.where select').waitFor();
    expect(await page.locator('.where select').inputValue()).toBe(network.other.id);
    await startPad(page);
    await page.locator('[data-state]').waitFor({ timeout: WAIT_MS });
    await untilPill(page, 'saved');
    expect(watch.foreign).toContain(network.other.url);
    await context.close();
  }, 60_000);

  test('no room: a place in the queue, another try, and then the document', async () => {
    const { page, context } = await visitor(DESK_EN);
    let asked = 0;
    await page.route('**/.well-known/archipel/place', (route) => {
      // The page also asks each host by itself: none has room.
      const isAlone = route.request().postDataJSON().forward === false;
      if (!isAlone) asked += 1;
      if (asked > 2) return route.continue();
      const refusal = { error: 'full', retryAfterMs: 3000, ahead: 12 - 5 * asked, ticket: 'T' };
      return route.fulfill({ status: 503, json: refusal });
    });
    await page.goto(network.portal.origin);
    await page.locator('.where').waitFor();
    await startPad(page);
    await page.getByText('number 8 in the queue').waitFor();
    await expectSound(page, 'queue', DESK_EN);
    await page.getByText('number 3 in the queue').waitFor({ timeout: WAIT_MS });
    await untilPill(page, 'saved');
    await context.close();
  }, 60_000);

  test('offline the hosts are those that this browser has kept, with how old that is', async () => {
    for (const look of LOOKS) {
      const { page, context } = await visitor(look);
      await page.goto(network.portal.origin);
      const isKept = () => caches.match('/hosts').then((copy) => copy !== undefined);
      await expect.poll(() => page.evaluate(isKept), { timeout: WAIT_MS }).toBe(true);
      const [name, store] = ['archipel-network', 'directories'];
      const hasList = ([database, table]: readonly [string, string]) =>
        new Promise<boolean>((resolve) => {
          const asked = indexedDB.open(database);
          asked.onsuccess = () => {
            const db = asked.result;
            const count = db.objectStoreNames.contains(table) ? db.transaction(table).objectStore(table).count() : null;
            if (count === null) resolve(false);
            else count.onsuccess = () => resolve(count.result > 0);
            db.close();
          };
        });
      await expect.poll(() => page.evaluate(hasList, [name, store] as const), { timeout: WAIT_MS }).toBe(true);
      // An open page keeps what it shows, and says how old it is.
      await page.goto(`${network.portal.origin}/hosts`);
      await page.locator('.hosts-search').waitFor();
      await context.setOffline(true);
      const old = page.locator('.note', {
        hasText: look.language === 'fr' ? 'Ce que vous voyez date' : 'What you see is',
      });
      await old.waitFor({ timeout: AWAY_MS });
      expect(await page.locator('.hosts-search').count()).toBe(1);
      await page.reload();
      await old.waitFor({ timeout: WAIT_MS });
      expect(await page.locator('.hosts-search').count()).toBe(0);
      expect(await page.locator('.host').count()).toBe(3);
      await expectSound(page, 'hosts-offline', look);
      await page.goto(`${network.portal.origin}/hosts?host=${network.other.id}`);
      await old.waitFor({ timeout: WAIT_MS });
      expect(await page.locator('.host').count()).toBe(1);
      await context.close();
    }
  }, 240_000);

  test('a host that stopped is shown as away', async () => {
    const { page, context } = await visitor(DESK_EN);
    await untilStanding(page, network.other, 'room');
    await network.other.kill();
    await untilStanding(page, network.other, 'away');
    await line(page, network.other).getByText('Does not answer').waitFor();
    await expectSound(page, 'hosts-away', DESK_EN);
    await context.close();
  }, 180_000);
});
