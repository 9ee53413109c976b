/**
 * A Chromium whose network nobody watches. Playwright has every request told to it with its body, which costs a page that sends files ten times
 * what sending does: what is measured there is the watching.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { ARGUMENTS, CHROMIUM } from './browser.ts';

type Fields = Record<string, unknown>;

/** One page, by the DevTools protocol alone. */
export class BarePage {
  readonly #browser: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(value: Fields): void; reject(error: Error): void }>();
  #last = 0;

  private constructor(browser: ChildProcess, profile: string, socket: WebSocket) {
    this.#browser = browser;
    this.#profile = profile;
    this.#socket = socket;
    socket.on('message', (data) => {
      const { id, result, error } = JSON.parse(String(data)) as { id?: number; result?: Fields; error?: Fields };
      const asked = this.#waiting.get(id ?? 0);
      this.#waiting.delete(id ?? 0);
      if (error === undefined) asked?.resolve(result ?? {});
      else asked?.reject(new Error(JSON.stringify(error)));
    });
  }

  static async open(address: string): Promise<BarePage> {
    const profile = await mkdtemp(join(tmpdir(), 'archipel-bare-'));
    const words = [...ARGUMENTS, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, address];
    const browser = spawn(CHROMIUM, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    const port = await portOf(browser);
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Record<string, string>[];
    const page = pages.find(({ type }) => type === 'page');
    const socket = new WebSocket(page?.webSocketDebuggerUrl ?? '', { maxPayload: 2 ** 28 });
    await once(socket, 'open');
    return new BarePage(browser, profile, socket);
  }

  send(method: string, params: Fields = {}): Promise<Fields> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    return (result as { value: T }).value;
  }

  /** Until an expression is true of the page, which may still be on its way. */
  async until(expression: string): Promise<void> {
    const isSo = () =>
      this.evaluate<boolean>(`Boolean(${expression})`).catch((error: Error) => {
        if (error.message.includes('execution context')) return false;
        throw error;
      });
    while (!(await isSo())) await new Promise((go) => setTimeout(go, 200));
  }

  async choose(selector: string, files: readonly string[]): Promise<void> {
    const expression = `document.querySelector(${JSON.stringify(selector)})`;
    const { result } = await this.send('Runtime.evaluate', { expression });
    await this.send('DOM.setFileInputFiles', { files, objectId: (result as Fields).objectId });
  }

  async close(): Promise<void> {
    this.#socket.close();
    const ended = once(this.#browser, 'exit');
    this.#browser.kill('SIGKILL');
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function portOf(browser: ChildProcess): Promise<string> {
  if (browser.stderr === null) throw new Error('the browser says nothing');
  for await (const line of createInterface({ input: browser.stderr })) {
    const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error('the browser ended');
}
