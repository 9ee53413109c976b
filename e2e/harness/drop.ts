import type { Hash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dropOf, newTicket, type Offer, openDrop, takeBody, takeTicket } from '@archipel/client/drop';
import { nodeSuite } from '@archipel/client/node';
import type { Page, Route } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { WAIT_MS } from './pad.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Files in a folder of their own, which goes after the test; their paths, in order. */
export async function filesOnDisk(contents: Readonly<Record<string, Uint8Array>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'archipel-e2e-drop-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const paths: string[] = [];
  for (const [name, bytes] of Object.entries(contents)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    paths.push(path);
  }
  return paths;
}

export interface TakenDrop {
  message: string;
  files: { name: string; type: string; bytes: Buffer }[];
}

/** Takes a drop as another client does. */
export async function takeDrop(link: string): Promise<TakenDrop> {
  const parts: Uint8Array[] = [];
  const offer = await takeInto(link, (bytes) => void parts.push(bytes.slice()));
  const body = Buffer.concat(parts);
  let at = 0;
  const files = offer.manifest.files.map(({ name, type, size }) => {
    at += size;
    return { name, type, bytes: body.subarray(at - size, at) };
  });
  return { message: offer.manifest.message, files };
}

/** Of the files of a drop, one after the other. */
export async function digestOfDrop(link: string, hash: Hash): Promise<void> {
  await takeInto(link, (bytes) => void hash.update(bytes));
}

async function takeInto(link: string, take: (bytes: Uint8Array) => void): Promise<Offer> {
  const { origin, hash } = new URL(link);
  const { keys, line } = must(await dropOf(nodeSuite, hash.slice(1), origin));
  const deps = { suite: nodeSuite, wait };
  const offer = must(await openDrop(deps, keys, line));
  const ticket = must(await takeTicket(deps, line, newTicket(nodeSuite)));
  const write = async (bytes: Uint8Array): Promise<void> => take(bytes);
  must(await takeBody(deps, keys, line, { offer, ticket, have: 0, write }));
  return offer;
}

function must<T>(result: { ok: true; value: T } | { ok: false; error: string }): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** The page to send with, where files are chosen by fields: a test cannot answer the dialogs of the File System Access API. */
export async function sendPage(page: Page, origin: string): Promise<void> {
  await page.addInitScript(() => {
    delete (globalThis as { showDirectoryPicker?: unknown }).showDirectoryPicker;
  });
  await page.goto(`${origin}/drop`);
  await page.locator('.drop-zone').waitFor();
}

export async function choose(page: Page, paths: string | readonly string[], field = 'files'): Promise<void> {
  await page.locator(`[data-field=${field}]`).setInputFiles(typeof paths === 'string' ? paths : [...paths]);
  await page.locator('.drop-file').first().waitFor();
}

/** Presses "Send", and waits for the owner's page; the link to take the files. */
export async function sendAll(page: Page): Promise<string> {
  await page.locator('.drop-send').click();
  return sentLink(page);
}

export async function sentLink(page: Page): Promise<string> {
  const field = page.locator('.link-field');
  await field.waitFor({ timeout: 4 * WAIT_MS });
  return field.inputValue();
}

export interface Held {
  /** Resolves when a part waits to leave. */
  reached: Promise<void>;
  /** Lets all of them leave, from now on. */
  release(): Promise<void>;
}

/** After so many parts the next ones do not leave the browser: what a test does meanwhile, it does in the middle, however busy the machine. */
export async function holdAfter(page: Page, parts: number): Promise<Held> {
  let [passed, isOpen] = [0, false];
  let tell: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const waiting: Route[] = [];
  await page.route('**/blob/*', (route) => {
    const isPart = route.request().method() === 'PATCH';
    if (!isPart || isOpen || passed < parts) {
      if (isPart) passed += 1;
      return route.continue();
    }
    waiting.push(route);
    tell();
    return undefined;
  });
  const release = async (): Promise<void> => {
    isOpen = true;
    // One that the page has given up meanwhile cannot go on.
    await Promise.all(waiting.splice(0).map((route) => route.continue().catch(() => undefined)));
  };
  return { reached, release };
}

export const sendingState = (page: Page, state: string): Promise<void> =>
  page.locator(`[data-sending=${state}]`).waitFor({ timeout: 2 * WAIT_MS });
