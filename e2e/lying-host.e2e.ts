// A host that hides what it holds of a document: what people see of it, and what they can show to others.
import { readFile } from 'node:fs/promises';
import { checkStatement, contradictionOf, decodeBase64url, type Statement } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { launch, person } from './harness/browser.ts';
import { LyingHost } from './harness/lying-host.ts';
import { newPad, notice, padText, typeAtEnd, untilPill } from './harness/pad.ts';
import { DESK, expectSound, type Look, PHONE } from './harness/screens.ts';

const TEST_MS = 120_000;
const STEP_MS = 45_000;
/** A host is asked at most every ten minutes, and up to as much later. */
const LATER_MS = 20 * 60_000;
const patience = { timeout: 60_000, interval: 500 };

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
}, TEST_MS);

afterAll(() => browser?.close());

/** A pad on a host that told the truth about it once; time is the page's, and the host's goes with it. */
async function scene(look: Look) {
  const host = await LyingHost.start();
  onTestFinished(() => host.stop());
  const { width, height, language, theme } = look;
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const options: BrowserContextOptions = { viewport: { width, height }, locale, colorScheme: theme };
  const ada = await person(browser, host.origin, { ...options, acceptDownloads: true });
  onTestFinished(() => ada.context.close());
  const { page } = ada;
  let aheadSeconds = 0;
  const pass = async (ms: number): Promise<void> => {
    aheadSeconds += ms / 1000;
    await page.clock.fastForward(ms);
  };
  const now = (fact: Statement): Statement => ({ ...fact, time: fact.time + aheadSeconds });
  host.change = now;
  await page.clock.install();
  await newPad(page, host.origin);
  await typeAtEnd(page, 'Stated.');
  await untilPill(page, 'saved');
  await expect.poll(() => pass(STEP_MS).then(() => host.stated.length), patience).toBe(1);
  await typeAtEnd(page, ' Acknowledged.');
  await untilPill(page, 'saved');
  return { ...ada, host, now, pass };
}

async function untilNotice(page: Page, pass: (ms: number) => Promise<void>): Promise<void> {
  await pass(LATER_MS);
  const seen = () => pass(STEP_MS).then(() => notice(page, 'relay_contradicts').count());
  await expect.poll(seen, patience).toBe(1);
  await untilPill(page, 'saved');
}

/** As anybody reads it who has nothing but the file. */
async function savedEvidence(page: Page, host: LyingHost) {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    notice(page, 'relay_contradicts').getByRole('button').nth(1).click(),
  ]);
  expect(file.suggestedFilename()).toBe('archipel-evidence.json');
  const text = await readFile((await file.path()) ?? '', 'utf8');
  const { format, found } = JSON.parse(text);
  expect(format).toBe('archipel-evidence-1');
  const [{ kind, url, statements }] = found;
  expect(url).toBe(host.origin);
  const read = statements.map(async (statement: string) => {
    const bytes = decodeBase64url(statement);
    const whenever = { nowSeconds: Number.MAX_SAFE_INTEGER, host: host.hostId };
    const checked = bytes.ok ? await checkStatement(bytes.value, whenever, webSuite.verify) : bytes;
    if (!checked.ok) throw new Error(checked.error);
    return checked.value;
  });
  return { text, kind, statements: await Promise.all(read) };
}

describe('a host that', () => {
  test('CHK-10: withholds the newest of a document it acknowledged is told of, and what it signed can be saved', {
    timeout: TEST_MS,
  }, async () => {
    const { page, host, now, pass, watch } = await scene({ ...DESK, language: 'en', theme: 'light' });
    const [first] = host.stated;
    host.change = (fact) => ({ ...now(fact), frontier: first?.frontier ?? [] });
    await untilNotice(page, pass);
    const { text, kind, statements } = await savedEvidence(page, host);
    expect([kind, statements.length]).toEqual(['less', 1]);
    expect(statements[0]?.fact.frontier).toEqual(first?.frontier);
    // Neither the text nor a key is in it, and the text is still here.
    const [, key = ''] = new URL(page.url()).hash.slice(1).split('.').slice(-2);
    expect(key.length).toBeGreaterThan(20);
    for (const secret of [key, 'Stated', 'Acknowledged']) expect(text).not.toContain(secret);
    expect(await padText(page)).toBe('Stated. Acknowledged.');
    await expectSound(page, 'contradicts', { ...DESK, language: 'en', theme: 'light' });
    await notice(page, 'relay_contradicts').getByRole('button').last().click();
    await notice(page, 'relay_contradicts').waitFor({ state: 'detached' });
    expect(watch.foreign).toEqual([]);
    expect(watch.errors).toEqual([]);
  });

  test('CHK-10: hides what it had stated is proved to have, by two statements that anybody can check', {
    timeout: TEST_MS,
  }, async () => {
    const look: Look = { ...PHONE, language: 'fr', theme: 'dark' };
    const { page, host, now, pass } = await scene(look);
    host.change = (fact) => ({ ...now(fact), frontier: [] });
    await untilNotice(page, pass);
    const { kind, statements } = await savedEvidence(page, host);
    expect(kind).toBe('lost');
    expect(contradictionOf(statements[0], statements[1])).toBe('lost');
    await expectSound(page, 'contradicts', look);
  });
});
