import type { StagedHosts, StagedSettings } from '@archipel/relay/services';
import { startStagedHosts } from '@archipel/relay/services';
import { onTestFinished } from 'vitest';

/** Hosts that know each other, each a process of its own, gone when the test ends. */
export async function startHosts(settings: readonly StagedSettings[]): Promise<StagedHosts> {
  const hosts = await startStagedHosts(settings);
  onTestFinished(() => hosts.close());
  return hosts;
}
