/** What somebody writes to the people of a host (§21), sealed to their key: the relay that takes it cannot read it. */
import { decodeBase64url } from '../base64url.ts';
import type { Bytes } from '../bytes.ts';
import { concat, label } from '../bytes.ts';
import { MAX_SEALED_REPORT_BYTES, PUBLIC_KEY_BYTES, REPORT_PADDING_BYTES, TAG_BYTES } from '../limits.ts';
import type { RemovalCategory } from '../network/removals.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';
import type { Hpke, OpeningKey } from './hpke-suite.ts';

export interface ReportWords {
  words: string;
  contact: string;
  /** Whole address with its secret; empty: kept by who reports. */
  link: string;
}

/** What a report says in the clear: its words are sealed for nothing else. */
export interface ReportSubject {
  docId: Bytes;
  category: RemovalCategory | (string & {});
}

const INFO = label('arc1 report');
const SPACE = 0x20;

function aadOf({ docId, category }: ReportSubject): Bytes {
  return concat(docId, encodeUtf8(category));
}

/** REP-4: the encapsulated key and the ciphertext. Undefined when `publicKey` is none. */
export async function sealReport(
  { seal }: Hpke,
  publicKey: Bytes,
  subject: ReportSubject,
  { words, contact, link }: ReportWords,
): Promise<Bytes | undefined> {
  const text = encodeUtf8(JSON.stringify({ words, contact, link }));
  const plaintext = new Uint8Array(Math.ceil(text.length / REPORT_PADDING_BYTES) * REPORT_PADDING_BYTES).fill(SPACE);
  plaintext.set(text);
  const sealed = await seal(publicKey, INFO, aadOf(subject), plaintext);
  return sealed && concat(sealed.enc, sealed.ciphertext);
}

/** REP-4. Undefined: it was not sealed to this key, not for this report, or is of another form. A link of something else is left out (REP-2). */
export async function openReport(
  key: OpeningKey,
  subject: ReportSubject,
  sealed: Bytes,
): Promise<ReportWords | undefined> {
  const padded = sealed.length - PUBLIC_KEY_BYTES - TAG_BYTES;
  if (padded <= 0 || padded % REPORT_PADDING_BYTES !== 0 || sealed.length > MAX_SEALED_REPORT_BYTES) return undefined;
  const [enc, ciphertext] = [sealed.slice(0, PUBLIC_KEY_BYTES), sealed.slice(PUBLIC_KEY_BYTES)];
  const plaintext = await key.open({ enc, ciphertext }, INFO, aadOf(subject));
  return plaintext && readWords(plaintext, subject.docId);
}

function readWords(plaintext: Bytes, docId: Bytes): ReportWords | undefined {
  try {
    const said = JSON.parse(decodeUtf8(plaintext) ?? '') as Record<string, unknown>;
    const text = (name: string): string => (typeof said[name] === 'string' ? said[name] : '');
    const link = text('link');
    return { words: text('words'), contact: text('contact'), link: isLinkOf(link, docId) ? link : '' };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function isLinkOf(link: string, docId: Bytes): boolean {
  const [address = '', fragment = ''] = link.split('#');
  const id = decodeBase64url(fragment.split('.')[1] ?? '');
  const isSame = id.ok && id.value.length === docId.length && id.value.every((byte, at) => byte === docId[at]);
  return isSame && /^https?:\/\//.test(address);
}
