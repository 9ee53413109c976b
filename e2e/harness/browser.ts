import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's Chromium, or the one that `ARCHIPEL_CHROMIUM` names. */
export const CHROMIUM = process.env.ARCHIPEL_CHROMIUM ?? '/usr/bin/chromium';
/** The same without the window around the pages, where it is there: a quarter of the tests' time less. It shows no PDF. */
const SHELL = `${CHROMIUM}-headless-shell`;
export const ARGUMENTS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `whole`: with all that a person's browser has. `spoken`: with what it does when a screen reader is there. */
export function launch({ whole = false, spoken = false } = {}): Promise<Browser> {
  const executablePath = !whole && existsSync(SHELL) ? SHELL : CHROMIUM;
  const more = spoken ? ['--force-renderer-accessibility'] : [];
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
}

/** What a page must never do, collected while it is open. */
export interface Watch {
  /** Addresses asked for outside the front's origin. */
  foreign: string[];
  /** Errors of the console and uncaught exceptions, Content-Security-Policy violations among them. */
  errors: string[];
  /** Every address and WebSocket payload that left, to look for secrets. */
  sent: string[];
}

/** A person with a browser of their own: storage, language, colours, screen. */
export async function person(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; page: Page; watch: Watch }> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  return { context, page, watch: watchPage(page, origin) };
}

/** Starts to collect what the page asks for, sends and complains of. */
export function watchPage(page: Page, origin: string): Watch {
  const watch: Watch = { foreign: [], errors: [], sent: [] };
  page.on('request', (request) => {
    watch.sent.push(request.url(), request.postData() ?? '', JSON.stringify(request.headers()));
    const url = new URL(request.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) watch.foreign.push(request.url());
  });
  page.on('websocket', (socket) => {
    watch.sent.push(socket.url());
    if (new URL(socket.url()).host !== new URL(origin).host) watch.foreign.push(socket.url());
    socket.on('framesent', ({ payload }) => {
      watch.sent.push(typeof payload === 'string' ? payload : payload.toString('latin1'));
    });
  });
  page.on('pageerror', (error) => watch.errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') watch.errors.push(message.text());
  });
  return watch;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The serious and critical findings of axe on the page as it is: one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The page's policy forbids added scripts; evaluating through the debugger is not bound by it.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } };
    interface Finding {
      id: string;
      impact: string;
      nodes: { html: string }[];
    }
    const { violations } = await axe.run();
    return violations
      .filter((finding) => ['serious', 'critical'].includes(finding.impact))
      .map((finding) => `${finding.id}: ${finding.nodes.map((node) => node.html.slice(0, 160)).join(' / ')}`);
  });
}
