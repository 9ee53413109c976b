import type { Client, ClientOptions, Document, Timing } from '@archipel/client';
import { createClient } from '@archipel/client';
import { onTestFinished } from 'vitest';

/** The delays of the product, shortened where a test would only wait. */
export const QUICK: Partial<Timing> = {
  sealAfterMs: 60,
  persistAfterMs: 20,
  liveEveryMs: 10,
  adoptAfterMs: 200,
  adoptJitterMs: 50,
  checkpointJitterMs: 20,
  cacheAfterMs: 50,
  backoffMinMs: 30,
  backoffMaxMs: 300,
  closeMs: 300,
};

export function testClient(options: ClientOptions = {}): Client {
  const client = createClient({ ...options, timing: { ...QUICK, ...options.timing } });
  onTestFinished(() => client.close());
  return client;
}

export const textOf = (document: Document): string => document.ydoc.getText('t').toString();

export function type(document: Document, text: string, position?: number): void {
  const target = document.ydoc.getText('t');
  target.insert(position ?? target.length, text);
}

/** Polls until it holds; fails with the last value that was seen. `everyMs`: longer for what takes long to look at. */
export async function until<T>(
  read: () => T,
  holds: (value: T) => boolean,
  withinMs = 60_000,
  everyMs = 5,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`not in time; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export async function untilText(documents: Document[], text: string): Promise<void> {
  for (const document of documents)
    await until(
      () => textOf(document),
      (seen) => seen === text,
    );
}
