import { expect, it, onTestFinished } from 'vitest';
import { makeConfig } from '../src/config.ts';
import { createApp } from '../src/http/app.ts';
import { createMetricsPage } from '../src/http/metrics.ts';
import { RelayMetrics } from '../src/metrics.ts';
import type { Store } from '../src/store/store.ts';

it('/health says when the bus has no line, and that the relay serves on', async () => {
  const state = { writable: true, connected: true };
  const status = async () => ({ writable: state.writable, bytes: 1, freeBytes: 2 });
  const store = { status } as unknown as Store;
  const metrics = createMetricsPage(new RelayMetrics(), store);
  onTestFinished(() => metrics.stop());
  const ask = async (isBusUp: (() => boolean) | undefined): Promise<unknown[]> => {
    const app = await createApp({
      config: makeConfig(),
      store,
      metrics,
      isBusUp,
      announcements: undefined,
      portal: undefined,
    });
    const answer = await app.inject('/health');
    await app.close();
    return [answer.statusCode, answer.json().status, answer.json().bus];
  };
  expect(await ask(undefined)).toEqual([200, 'pass', undefined]);
  expect(await ask(() => true)).toEqual([200, 'pass', { connected: true }]);
  expect(await ask(() => false)).toEqual([200, 'warn', { connected: false }]);
  state.writable = false;
  expect(await ask(() => false)).toEqual([503, 'fail', { connected: false }]);
});
