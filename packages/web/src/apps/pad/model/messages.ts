import type { Identity } from './people.ts';
import { COLOURS, cleanName } from './people.ts';

/** The longest comment or line of chat, in UTF-16 units. */
export const MESSAGE_MAX_LENGTH = 4000;

/** What somebody said, in a comment or in the chat: kept in the document, sealed like its text. */
export interface Message extends Identity {
  id: string;
  text: string;
  /** ms since 1970, by the clock of who wrote it. */
  at: number;
}

const ID_BYTES = 8;

export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Several lines, without what turns or hides text; empty when there is nothing to read. */
export function cleanText(text: string): string {
  const plain = text.replace(/[\p{Cc}\u200b\u2028-\u202e\u2066-\u2069\ufeff]/gu, (sign) =>
    sign === '\n' ? '\n' : ' ',
  );
  return plain.trim().slice(0, MESSAGE_MAX_LENGTH);
}

/** A message as another program may have written it; undefined when it is none. */
export function readMessage(id: string, value: unknown): Message | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { text, name, colour, at, source } = value as Record<string, unknown>;
  if (typeof text !== 'string' || cleanText(text) === '') return undefined;
  const isColour = typeof colour === 'number' && Number.isInteger(colour) && colour >= 0 && colour < COLOURS;
  const isTime = typeof at === 'number' && Number.isFinite(at);
  const message = {
    id,
    text: cleanText(text),
    name: cleanName(name),
    colour: isColour ? colour : 0,
    at: isTime ? at : 0,
  };
  return source === 'etherpad' ? { ...message, source } : message;
}
