/** What pages say to the people of a host, and hear of them (docs/protocol.md §21). */
import { REMOVAL_CATEGORIES, type RemovalCategory } from '@archipel/protocol';

import type { ReportHost, ReportKey } from './report-key.ts';

export { REMOVAL_CATEGORIES, type RemovalCategory, type ReportHost };

const TIMEOUT_MS = 10_000;
const TOO_MANY = 429;

export interface Report {
  docId: string;
  category: RemovalCategory;
  words: string;
  contact: string;
  /** Whole address, with its secret; empty: the person kept it to themselves. */
  link: string;
}

export type Sent = 'sent' | 'too_many' | 'failed';

/** Of each host (origin): to which its people have reports sealed. */
export type ReportKeys = ReadonlyMap<string, ReportKey>;

export async function reportKeysOf(hosts: readonly ReportHost[]): Promise<ReportKeys> {
  const { reportKeyOf } = await import('./report-key.ts');
  return new Map(await Promise.all(hosts.map(async (host) => [host.url, await reportKeyOf(host)] as const)));
}

/** To each host (origin) that keeps it, sealed where it has a key; sent when one has it on its disk. */
export async function sendReport(keys: ReportKeys, report: Report): Promise<Sent> {
  const answers = await Promise.all([...keys].map(([host, key]) => sendTo(host, key, report)));
  if (answers.includes('sent')) return 'sent';
  return answers.includes('too_many') ? 'too_many' : 'failed';
}

/** REP-4. Rejects when the key is none: nothing goes out then. */
async function bodyFor(key: string | undefined, report: Report): Promise<object> {
  if (key === undefined) return report;
  const { docId, category, ...words } = report;
  const { sealedFor } = await import('./seal-report.ts');
  return { docId, category, sealed: await sealedFor(key, { docId, category }, words) };
}

async function sendTo(host: string, key: ReportKey, report: Report): Promise<Sent> {
  if (key === 'unusable') return 'failed';
  try {
    const body = JSON.stringify(await bodyFor(key, report));
    const answer = await fetch(`${host}/report`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.ok) return 'sent';
    return answer.status === TOO_MANY ? 'too_many' : 'failed';
  } catch {
    return 'failed'; // No network, nobody there, or no key to seal with: the person is told so.
  }
}

export interface Reason {
  category: RemovalCategory;
  /** Of the host's people; may be empty. */
  words: string;
  /** ms since 1970 */
  removedAt: number;
}

/** Why a host took something down; undefined when none of them says so. */
export async function reasonOf(hosts: readonly string[], docId: string): Promise<Reason | undefined> {
  for (const host of hosts) {
    // Another host may say it when this one does not.
    const answer = await fetch(`${host}/removed/${docId}`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then((response) => (response.ok ? response.json() : undefined))
      .catch(() => undefined);
    if (answer !== undefined) return readReason(answer);
  }
  return undefined;
}

function readReason(answer: unknown): Reason | undefined {
  const { category, words, time }: Partial<Record<string, unknown>> =
    typeof answer === 'object' && answer !== null ? { ...answer } : {};
  if (typeof time !== 'number' || typeof words !== 'string') return undefined;
  const known = REMOVAL_CATEGORIES.find((word) => word === category) ?? 'other';
  return { category: known, words, removedAt: time * 1000 };
}
