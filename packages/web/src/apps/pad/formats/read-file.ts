/** Any file that a pad can bring in (but those of Etherpad), as HTML that the schema then reads. Everything here is fetched when it is first wanted. */

import { escapeHtml } from '../model/html.ts';
import { linesOf } from '../model/lines.ts';
import { Refusal } from './refusal.ts';
import { openZip } from './zip.ts';

/** The largest file that is opened. */
const FILE_MAX_BYTES = 50_000_000;
const TEXT_MAX_BYTES = 5_000_000;

/** Throws `Refusal`. */
export async function readFile(file: File): Promise<string> {
  if (file.size > FILE_MAX_BYTES) throw new Refusal('tooLarge');
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isZip(bytes)) return readZipped(bytes);
  if (isOldOffice(bytes)) throw new Refusal(/\.docx$/i.test(file.name) ? 'password' : 'unknown');
  if (bytes.length > TEXT_MAX_BYTES) throw new Refusal('tooLarge');
  const text = decode(bytes);
  const kind = kindOf(file, text);
  if (kind === 'markdown') return (await import('./markdown-read.ts')).readMarkdown(text);
  if (kind === 'html') return text;
  return linesOf(text)
    .map((line) => `<p>${escapeHtml(line)}</p>`)
    .join('');
}

const isZip = ([a, b, c, d]: Uint8Array): boolean => a === 0x50 && b === 0x4b && c === 3 && d === 4;
/** A file of Word before 2007, or one that is locked with a password. */
const isOldOffice = ([a, b, c, d]: Uint8Array): boolean => a === 0xd0 && b === 0xcf && c === 0x11 && d === 0xe0;

async function readZipped(bytes: Uint8Array): Promise<string> {
  const parts = openZip(bytes);
  if (parts.has('word/document.xml')) return (await import('./docx-read.ts')).readDocx(parts);
  const type = parts.get('mimetype');
  const isOdt = type !== undefined && /opendocument\.text/.test(new TextDecoder().decode(type.subarray(0, 100)));
  if (isOdt || parts.has('content.xml')) return (await import('./odt-read.ts')).readOdt(parts);
  throw new Refusal('unknown');
}

/** Text is UTF-8, or what Windows wrote before. Throws `Refusal` for what is no text. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 4096).includes(0)) throw new Refusal('unknown');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function kindOf({ name, type }: File, text: string): 'markdown' | 'html' | 'text' {
  if (type === 'text/html' || /\.x?html?$/i.test(name)) return 'html';
  if (type === 'text/markdown' || /\.(md|markdown)$/i.test(name)) return 'markdown';
  return /^\s*<!doctype html/i.test(text) ? 'html' : 'text';
}
