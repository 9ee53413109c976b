/** The list of "My documents" as a file, so that emptying the browser does not lose the links. */
import { isToolId } from '../apps/registry.ts';
import { type Cap, cleanTags, type RememberedDocument } from './store.ts';

const FORMAT = 'archipel-documents';
const VERSION = 1;
/** A list of ten thousand links weighs about 3 MB. */
export const LIST_FILE_MAX_BYTES = 16 * 1024 * 1024;

export type ReadList =
  | { ok: true; documents: RememberedDocument[]; skipped: number }
  | { ok: false; code: 'not_a_list' };

/** The file: JSON, for people who want to look, and for other programs. */
export function writeList(documents: readonly RememberedDocument[], now: number): string {
  return JSON.stringify({ format: FORMAT, version: VERSION, savedAt: new Date(now).toISOString(), documents }, null, 2);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isCap = (value: unknown): value is Cap => (Object.values(CAPS) as unknown[]).includes(value);
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** docs/protocol.md, links: capability, document, secret (with a password: longer), hints. */
const SECRET = String.raw`1[oev]\.[\w-]{27}\.[\w-]{27}|2[oev]\.[\w-]{27}\.[\w-]{70}|1c\.[\w-]{27}\.[\w-]{54}|2c\.[\w-]{27}\.[\w-]{96}`;
const FRAGMENT = new RegExp(String.raw`^#(?:${SECRET})(?:\.[a-z0-9.:,-]+)?$`);
const CAPS: Record<string, Cap> = { o: 'own', e: 'edit', c: 'comment', v: 'view' };

/** Whether a text may become the `href` of this document: a page of some front, with the link that the line speaks of. */
function isLink(value: unknown, docId: string, cap: Cap): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hash } = new URL(value);
  if (!FRAGMENT.test(hash)) return false;
  const [form = '', id] = hash.split('.');
  return (protocol === 'https:' || protocol === 'http:') && CAPS[form.slice(-1)] === cap && id === docId;
}

function readDocument(entry: unknown, now: number): RememberedDocument | null {
  if (!isRecord(entry)) return null;
  const { docId, tool, title, link, cap, openedAt, expiresAt, tags } = entry;
  if (typeof docId !== 'string' || !isToolId(tool) || typeof title !== 'string') return null;
  if (!isCap(cap) || !isLink(link, docId, cap)) return null;
  if (!isTime(openedAt) || !(expiresAt === null || isTime(expiresAt))) return null;
  // A time to come would put this line first for ever.
  const words = Array.isArray(tags) ? cleanTags(tags.filter((tag) => typeof tag === 'string')) : [];
  const own = words.length > 0 ? { tags: words } : {};
  return { docId, tool, title, link, cap, openedAt: Math.min(openedAt, now), expiresAt, ...own };
}

/** Reads a file that somebody chose: each line is checked, the senseless ones are counted and left out. */
export function readList(text: string, now: number): ReadList {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { ok: false, code: 'not_a_list' };
  }
  if (!isRecord(file) || file.format !== FORMAT || file.version !== VERSION || !Array.isArray(file.documents)) {
    return { ok: false, code: 'not_a_list' };
  }
  const documents = file.documents.map((entry) => readDocument(entry, now)).filter((entry) => entry !== null);
  return { ok: true, documents, skipped: file.documents.length - documents.length };
}
