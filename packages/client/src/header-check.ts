/** What a client makes of a header that a relay serves (§4, CHK-4). */
import type { Bytes, ErrorName, Header } from '@archipel/protocol';
import { checkHeader, equal } from '@archipel/protocol';
import type { Suite } from '@archipel/protocol/secret';
import type { Report } from './errors.ts';

export interface Verdict {
  /** The header to go by: the served one or the one known before; undefined when neither will do. */
  header: Header | undefined;
  /** The served one is newer than what was known. */
  isNew: boolean;
  /** The relay holds an older one than we do. */
  isBehind: boolean;
  /** Of the served one; 0 when its owner did not sign it. */
  servedSeq: number;
  error: ErrorName | undefined;
  reports: Report[];
}

/** `servedSeq`: of the header that this relay has served before; one behind another relay's is reported by nobody (CHK-7). */
export async function judgeHeader(
  { suite, docId, servedSeq }: { suite: Suite; docId: Bytes; servedSeq: number },
  served: Bytes,
  known: Bytes | undefined,
): Promise<Verdict> {
  const verdict: Verdict = {
    header: undefined,
    isNew: false,
    isBehind: false,
    servedSeq: 0,
    error: undefined,
    reports: [],
  };
  const before = known === undefined ? undefined : await checkHeader(docId, known, suite.verify);
  if (before?.ok) verdict.header = before.value;
  const now = await checkHeader(docId, served, suite.verify);
  if (!now.ok) {
    verdict.reports.push({ code: 'relay_forged', rule: 'HDR-1', detail: 'header that its owner did not sign' });
    verdict.error = now.error;
    return verdict;
  }
  verdict.servedSeq = now.value.seq;
  const lastSeq = verdict.header?.seq ?? 0;
  if (now.value.seq < lastSeq) {
    verdict.isBehind = true;
    const isLie = now.value.seq < servedSeq;
    const detail = `header ${now.value.seq} after ${servedSeq}`;
    if (isLie) verdict.reports.push({ code: 'relay_stale', rule: 'HDR-3', detail });
  } else if (now.value.seq === lastSeq && known && !equal(known, served)) {
    verdict.reports.push({ code: 'relay_forged', rule: 'HDR-2', detail: `another header ${lastSeq}` });
  } else if (now.value.seq > lastSeq) {
    verdict.isNew = true;
    verdict.header = now.value;
  }
  return verdict;
}
