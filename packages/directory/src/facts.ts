/** What routing knows of hosts: plain values out of signed statements that somebody else has verified. */

/** A host as its manifest and the directory describe it. */
export interface HostFacts {
  id: string;
  url: string;
  /** ISO 3166 code, as `FR`. */
  country: string;
  /** Language tags, as `fr`. */
  languages: readonly string[];
  /** Who is welcome and on which terms, as the manifest names it. */
  policies: readonly string[];
  /** Version of the software, numbers with dots between. */
  version: string;
  /** Service classes on offer, as `log`. */
  services: readonly string[];
  /** When the directory first saw the host, Unix milliseconds. */
  knownSinceMs: number;
  /** An operator of the network answers for it (rule 6). */
  vouched: boolean;
  /** Per service class, what clients have confirmed so far, as a signed directory hands it on (rule 5). */
  confirmedUnits?: Readonly<Record<string, number>>;
}

/** One service class of a load report, as the host signed it. */
export interface ClassLoad {
  /** People at once, as declared. */
  capacityUnits: number;
  presentUnits: number;
  /** Present, and expected of the sessions it has promised room to. */
  committedUnits: number;
  accepting: boolean;
  draining: boolean;
}

export interface LoadReport {
  host: string;
  /** When the host made it, Unix milliseconds. */
  atMs: number;
  classes: Readonly<Record<string, ClassLoad>>;
}

/** What somebody who creates something asks of its host; what is left out does not matter to them. */
export interface Wish {
  service: string;
  country?: string;
  language?: string;
  /** All of them must be offered. */
  policies?: readonly string[];
  minVersion?: string;
  /** This host and no other. */
  host?: string;
}

/** Whether the numbers of a report can be reckoned with. */
export function isSound({ capacityUnits, presentUnits, committedUnits }: ClassLoad): boolean {
  return [capacityUnits, presentUnits, committedUnits].every((value) => Number.isFinite(value) && value >= 0);
}
