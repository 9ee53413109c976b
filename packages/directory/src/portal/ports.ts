/** What a portal needs from outside. */
import type { Bytes, HostSigner, Verify } from '@archipel/protocol';
import type { Clock } from '../clock.ts';
import type { Prober } from '../probe/prober.ts';

/** In the words of who runs it. */
export interface PortalSettings {
  /** Origins of hosts; who runs the portal answers for them (routing rule 6). */
  hosts: readonly string[];
  /** Hosts that it works with, recognised by their id (40 hexadecimal digits). */
  peers: readonly { id: string; url: string }[];
  thirdParty: readonly ListedSoftware[];
  /** Paths of files of ChatonsInfos. */
  chatonsInfos: readonly string[];
}

/** A service of other software. */
export interface ListedSoftware {
  /** Of the catalogue. */
  software: string;
  url: string;
  name?: string | undefined;
  organisation?: string | undefined;
  country?: string | undefined;
}

/** The host that the portal is part of: it is listed without being asked by way of the network. */
export interface OwnHost {
  url: string;
  manifest(): Promise<Bytes>;
  load(): Promise<Bytes>;
}

/** What who runs it should know. */
export type PortalNote = 'portal_not_saved' | 'portal_memory_unreadable' | 'portal_file_unreadable';

export interface PortalPorts {
  clock: Clock;
  /** In [0, 1). */
  random: () => number;
  prober: Pick<Prober, 'get' | 'ping'>;
  verify: Verify;
  signer: HostSigner;
  /** Name of the portal, for people; at most 80 bytes. */
  name: string;
  settings: PortalSettings;
  own: OwnHost | undefined;
  /** Where it keeps what it has seen. */
  folder: string;
  note: (code: PortalNote) => void;
}
