/** A real relay as a process of its own, that can be killed, gone when the test ends. */
import type { Settings } from '@archipel/relay';
import { freePort, type HostProcess, hostProcess } from '@archipel/relay/services';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './relay.ts';

export type { HostProcess as RelayProcess } from '@archipel/relay/services';

export async function startRelayProcess(settings: Settings = {}): Promise<HostProcess> {
  const port = await freePort();
  const relay = hostProcess({ folder: temporaryFolder(), settings: { ...settings, host: '127.0.0.1', port } });
  await relay.start();
  onTestFinished(() => relay.kill());
  return relay;
}
