/** What the catalogue knows of a software, and what a probe of it says. Nothing here touches the network. */
import type { DatagramAnswer, HttpAnswer, ProbeFailure, ProbeFailureCode } from '../../probe/failure.ts';

/** What people come for. */
export type Purpose =
  | 'pad'
  | 'markdown'
  | 'sheet'
  | 'form'
  | 'poll'
  | 'files'
  | 'cloud'
  | 'meeting'
  | 'voice'
  | 'chat'
  | 'videos'
  | 'events';

/** What a visitor is told before going there. Keys of the locales. */
export type Notice =
  /** The host can read what is written or said there. */
  | 'not_sealed'
  /** Sealed in the browser, by that software's own means. */
  | 'own_encryption'
  /** Whoever guesses the address reads and writes. */
  | 'address_is_the_key'
  | 'account_needed'
  /** Some hosts ask who begins to log in. */
  | 'login_may_be_needed'
  /** A program to install. */
  | 'program_needed'
  | 'files_expire';

export interface Software {
  /** Never changes: it is stored. */
  id: string;
  name: string;
  /** Other names in lists, in lower case, letters and digits only. */
  aliases: readonly string[];
  purposes: readonly Purpose[];
  notices: readonly Notice[];
  /** Undefined: made inside, by people with an account. */
  newDocument: NewDocument | undefined;
  /** Asks only for what exists: no request of it makes anything. */
  probe(context: ProbeContext): Probe;
}

/** The path below the service's address, or a whole address. `name` is random and safe in a path. */
export type NewDocument = (name: string, purpose: Purpose) => string;

export interface ProbeContext {
  /** Eight random bytes, by which an answer to a datagram is known. */
  ident: Uint8Array;
  nowMs: number;
}

export type ProbeStep =
  /** A page below the service's address. */
  | { kind: 'page'; path: string }
  /** A page of the same host: a whole address, or a path from the root. */
  | { kind: 'address'; url: string }
  | { kind: 'datagram'; port: number; payload: Uint8Array };

export type ProbeAnswer = HttpAnswer | DatagramAnswer | ProbeFailure;

/** Yields what is to be asked, is given the answer, returns what they say together. */
export type Probe = Generator<ProbeStep, Reading, ProbeAnswer>;

export type Health =
  | 'up'
  /** It answers, and says that it takes nobody now. */
  | 'paused'
  | 'down'
  /** Something answers that this software would not say. */
  | 'unknown';

export type ReadingReason =
  | ProbeFailureCode
  | 'error_status'
  | 'rate_limited'
  | 'unhealthy'
  | 'maintenance'
  | 'full'
  | 'other_software';

/** Who may begin something there, as far as a probe can tell. */
export type Access = 'open' | 'password' | 'account' | 'unknown';

export interface Load {
  /** Present now. */
  users?: number | undefined;
  usersMax?: number | undefined;
  /** Open now. */
  documents?: number | undefined;
  /** Kept. */
  documentsKept?: number | undefined;
  memoryBytes?: number | undefined;
  accounts?: number | undefined;
  /** Of them, those that were there within a month. */
  accountsActive?: number | undefined;
}

export interface FileLimits {
  fileMaxBytes?: number | undefined;
  keepMaxSeconds?: number | undefined;
}

export interface Reading {
  health: Health;
  reason: ReadingReason | undefined;
  version: string | undefined;
  access: Access;
  load: Load;
  limits: FileLimits;
}

export function reading(health: Health, rest: Partial<Omit<Reading, 'health'>> = {}): Reading {
  return { health, reason: undefined, version: undefined, access: 'unknown', load: {}, limits: {}, ...rest };
}
