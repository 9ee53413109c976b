/** Hosts that know each other, on a stage. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownHost, KnownHostPlan } from './known-hosts.ts';
import { makeKnownHosts } from './known-hosts.ts';
import { buildStage, type Place, type Stage } from './stage.ts';

export type StagedSettings = Omit<KnownHostPlan['settings'], 'host' | 'port'>;

export interface StagedHosts extends Pick<Stage, 'places' | 'cut' | 'mend'> {
  /** By which address `from` reaches `to`. */
  way(from: number, to: number): string;
  all: readonly KnownHost[];
  at(index: number): KnownHost;
  /** Kills all, and removes their data. */
  close(): Promise<void>;
}

/** All serve, and are who they shall be. `portal`: which of them is one, too, and answers for the others. */
export async function startStagedHosts(
  settings: readonly StagedSettings[],
  { portal }: { portal?: number } = {},
): Promise<StagedHosts> {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-hosts-'));
  const { places, way, cut, mend, close: closeStage } = await buildStage(settings.length);
  const originsBut = (index: number): string[] =>
    places.filter((_, other) => other !== index).map(({ host, port }) => `http://${host}:${port}`);
  const plans = settings.map((wishes, index): KnownHostPlan => {
    const { host, port, within } = places[index] as Place;
    const network = index === portal ? { ...wishes.network, portal: { hosts: originsBut(index) } } : wishes.network;
    return { folder: join(folder, String(index)), settings: { ...wishes, network, host, port }, within };
  });
  const all = makeKnownHosts(plans, way);
  const close = async (): Promise<void> => {
    await Promise.all(all.map((host) => host.kill()));
    await closeStage();
    rmSync(folder, { recursive: true, force: true });
  };
  await Promise.all(all.map((host) => host.start()));
  await Promise.all(all.map((host) => host.compareFingerprint()));
  const at = (index: number): KnownHost => all[index] as KnownHost;
  return { all, at, places, way: (from, to) => way?.(from, to) ?? at(to).origin, cut, mend, close };
}
