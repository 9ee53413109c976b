/** Services that files of ChatonsInfos describe: those named in the settings, and those they lead to. */
import { readFile } from 'node:fs/promises';
import type { Prober } from '../probe/prober.ts';
import { type ChatonsFile, readChatonsFile } from '../third-party/chatonsinfos/file.ts';
import { softwareByName } from '../third-party/software/catalogue.ts';
import { PORTAL_LIMITS } from './limits.ts';
import type { ListedSoftware } from './ports.ts';

export interface Imported {
  services: readonly ListedSoftware[];
  /** Paths of the settings that nobody can read. */
  unreadable: number;
}

export interface ImportPorts {
  prober: Pick<Prober, 'get'>;
}

/** Files on this machine by their paths; what they lead to is asked for as every probe is. */
export async function importServices(paths: readonly string[], { prober }: ImportPorts): Promise<Imported> {
  const services: ListedSoftware[] = [];
  const seen = new Set<string>();
  let unreadable = 0;
  let left: number = PORTAL_LIMITS.filesMax;
  const follow = async (file: ChatonsFile, organisation: string | undefined): Promise<void> => {
    const owner = file.organisation?.name ?? organisation;
    const service = serviceOf(file, owner);
    if (service !== undefined) services.push(service);
    for (const { url } of file.subs) {
      if (left <= 0 || seen.has(url)) continue;
      seen.add(url);
      left -= 1;
      const answer = await prober.get(url);
      if (answer.kind === 'http' && answer.status === 200) await follow(readChatonsFile(answer.body), owner);
    }
  };
  for (const path of paths) {
    const source = await readFile(path).catch(() => undefined);
    if (source === undefined) unreadable += 1;
    else await follow(readChatonsFile(new Uint8Array(source)), undefined);
  }
  return { services, unreadable };
}

/** Undefined: no service, one that is over, or of a software that the catalogue does not know. */
function serviceOf({ service }: ChatonsFile, organisation: string | undefined): ListedSoftware | undefined {
  if (service?.website === undefined || service.status === 'OVER' || service.status === 'VOID') return undefined;
  const software = softwareByName(service.software.name ?? '');
  if (software === undefined) return undefined;
  const { name, website: url, host } = service;
  return { software: software.id, url, name, organisation, country: host.countryCode };
}
