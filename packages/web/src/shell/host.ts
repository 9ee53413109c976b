/** What the host says of itself in `GET /host.json`; the last answer is kept for the visits without a network. */
import { signal } from '@preact/signals';
import type { Keep } from './creation.ts';
import { readStored, writeStored } from './storage.ts';

export interface HostFacts {
  /** The name of the service, as people say it. */
  name: string;
  /** The association or person who runs it. */
  operator?: string;
  /** A mail address, or an https address. */
  contact?: string;
  country?: string;
  /** https address of the source code that this host runs (AGPL section 13). */
  source?: string;
  /** Longest life of a document in days; null for no bound. */
  maxExpiryDays: number | null;
  /** Whether a document may be kept without limit. */
  allowNever: boolean;
  defaultExpiryDays: number;
  /** It watches other hosts: there is a directory, and a page of them. */
  portal?: boolean;
  /** What a drop of files may be at most; null: none are kept here; left out: not known. */
  files?: { maxBytes: number; maxDays: number } | null;
  /** What a request for files may be at most; null: none are kept here; left out: not known. */
  inboxes?: { maxItems: number; maxDays: number } | null;
}

const STORED_AT = 'archipel.host';
const CHOICES_DAYS = [1, 7, 30, 180, 365] as const;

export const DEFAULT_FACTS: Omit<HostFacts, 'name'> = {
  maxExpiryDays: 365,
  allowNever: false,
  defaultExpiryDays: 180,
};

const isDays = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1;
const isFiles = (value: unknown): value is NonNullable<HostFacts['files']> => {
  const { maxBytes, maxDays }: Partial<Record<string, unknown>> = typeof value === 'object' ? { ...value } : {};
  return Number.isSafeInteger(maxBytes) && Number(maxBytes) > 0 && isDays(maxDays);
};
const isInboxes = (value: unknown): value is NonNullable<HostFacts['inboxes']> => {
  const { maxItems, maxDays }: Partial<Record<string, unknown>> = typeof value === 'object' ? { ...value } : {};
  return isDays(maxItems) && isDays(maxDays);
};
const isWord = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 200;

/** Reads an answer of the host leniently: what is missing or senseless falls back to the default. */
export function readFacts(answer: unknown, hostname: string): HostFacts {
  const given: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const { maxExpiryDays, allowNever, defaultExpiryDays } = given;
  const words = ['operator', 'contact', 'country', 'source'].filter((key) => isWord(given[key]));
  return {
    ...Object.fromEntries(words.map((key) => [key, given[key]])),
    name: isWord(given.name) ? given.name : hostname,
    maxExpiryDays: isDays(maxExpiryDays) || maxExpiryDays === null ? maxExpiryDays : DEFAULT_FACTS.maxExpiryDays,
    allowNever: allowNever === true,
    ...(given.portal === true && { portal: true }),
    ...(given.files === null && { files: null }),
    ...(isFiles(given.files) && { files: { maxBytes: given.files.maxBytes, maxDays: given.files.maxDays } }),
    ...(given.inboxes === null && { inboxes: null }),
    ...(isInboxes(given.inboxes) && {
      inboxes: { maxItems: given.inboxes.maxItems, maxDays: given.inboxes.maxDays },
    }),
    defaultExpiryDays: isDays(defaultExpiryDays) ? defaultExpiryDays : DEFAULT_FACTS.defaultExpiryDays,
  };
}

/** The lives a document may be given here, shortest first; null (without limit) comes last where allowed. */
export function keepChoices({ maxExpiryDays, allowNever }: HostFacts): Keep[] {
  const days: Keep[] = CHOICES_DAYS.filter((choice) => maxExpiryDays === null || choice <= maxExpiryDays);
  const bound = maxExpiryDays ?? 0;
  if (bound > 0 && bound < CHOICES_DAYS[4] && !days.includes(bound)) days.push(bound);
  return allowNever ? [...days, null] : days;
}

/** The choice made beforehand: the longest one that does not pass the host's default. */
export function defaultKeep(facts: HostFacts): Keep {
  const days = keepChoices(facts).filter((choice) => choice !== null);
  return days.findLast((choice) => choice <= facts.defaultExpiryDays) ?? days[0] ?? null;
}

/** A safe address for "contact the host": mail, with `mailto:` before it or not, or https; nothing else. */
export function contactAddress(contact: string | undefined): string | null {
  if (contact === undefined) return null;
  if (/^https:\/\//.test(contact)) return contact;
  const [, mail] = /^(?:mailto:)?([^\s@/:]+@[^\s@/:]+)$/.exec(contact) ?? [];
  return mail === undefined ? null : `mailto:${mail}`;
}

/** The last answer kept in this browser; a text that is not JSON counts as none. */
function storedFacts(): unknown {
  try {
    return JSON.parse(readStored(STORED_AT) ?? 'null');
  } catch {
    return null; // Another program wrote there: ask the host afresh.
  }
}

/** The facts of this host: defaults or the last known until `loadHostFacts` has its answer. */
export const hostFacts = signal<HostFacts>(
  readFacts(storedFacts(), typeof location === 'undefined' ? 'Archipel' : location.hostname),
);

/** Asks the host. Without an answer the last known facts stay, which is right offline. */
export async function loadHostFacts(request: typeof fetch = fetch): Promise<void> {
  let answer: unknown;
  try {
    const response = await request('/host.json', { headers: { accept: 'application/json' } });
    if (!response.ok) return;
    answer = await response.json();
  } catch {
    return; // Offline, or not a host's answer: the facts at hand stay.
  }
  hostFacts.value = readFacts(answer, location.hostname);
  writeStored(STORED_AT, JSON.stringify(hostFacts.value));
}
