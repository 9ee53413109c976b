/** What a file looks like, as something that can be drawn and that runs nothing. */
import { type Bytes, type ErrorName, encodeBase64url } from '@archipel/protocol';
import { canServe, canShow, serve } from '../../../../files/serve.ts';
import type { OpenedDrop } from '../model/opened-drop.ts';
import { HEAD_BYTES, shownAs, textOf } from '../model/shown.ts';
import { newTransfer, reading } from './open.ts';

/** Larger pictures are for programs made for them. */
const PICTURE_BYTES = 48 * 2 ** 20;
const DRAWING_BYTES = 2 ** 20;
const TEXT_BYTES = 32 * 1024;

/** `close` gives back what it holds. */
export type Look = { close(): void } & (
  | { kind: 'picture'; address: string }
  | { kind: 'sound'; address: string }
  | { kind: 'film'; address: string }
  | { kind: 'pdf'; address: string }
  | { kind: 'text'; text: string; isCut: boolean }
  /** Not shown: it is of another kind, too large, or the browser cannot. */
  | { kind: 'none' }
  | { kind: 'failed'; error: ErrorName }
);

const nothing = (): void => undefined;

/** Counts a download unless that was done. */
export async function lookAt(drop: OpenedDrop, index: number, signal: AbortSignal): Promise<Look> {
  const { size = 0, name = '' } = drop.files[index] ?? {};
  const read = (from: number, to: number) => drop.read({ ...reading, signal }, index, from, Math.min(to, size));
  const head = await read(0, HEAD_BYTES);
  if (!head.ok) return { kind: 'failed', error: head.error, close: nothing };
  const shown = shownAs(head.value);
  if (shown === undefined) return { kind: 'none', close: nothing };
  if (shown.kind === 'sound' || shown.kind === 'film' || shown.kind === 'pdf') {
    const as = shown.kind === 'pdf' ? 'application/pdf' : shown.type;
    return served(drop, index, { name, size, as }, shown.kind);
  }
  const most = { picture: PICTURE_BYTES, drawing: DRAWING_BYTES, text: TEXT_BYTES }[shown.kind];
  if (shown.kind !== 'text' && size > most) return { kind: 'none', close: nothing };
  const all = size <= head.value.length ? head : await read(0, most);
  if (!all.ok) return { kind: 'failed', error: all.error, close: nothing };
  if (shown.kind === 'picture') return pictureOf(all.value, shown.type);
  const text = textOf(all.value);
  if (text === undefined) return { kind: 'none', close: nothing };
  if (shown.kind === 'text') return { kind: 'text', text, isCut: size > most, close: nothing };
  return { kind: 'picture', address: drawingOf(all.value), close: nothing };
}

function pictureOf(bytes: Bytes, type: string): Look {
  const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  return { kind: 'picture', address, close: () => URL.revokeObjectURL(address) };
}

/** As an image an SVG runs nothing and fetches nothing; in an address of this kind it has no origin either where somebody opens it alone. */
function drawingOf(bytes: Bytes): string {
  const text = encodeBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return `data:image/svg+xml;base64,${text.padEnd(Math.ceil(text.length / 4) * 4, '=')}`;
}

async function served(
  drop: OpenedDrop,
  index: number,
  facts: { name: string; size: number; as: string },
  kind: 'sound' | 'film' | 'pdf',
): Promise<Look> {
  if (!(await (kind === 'pdf' ? canServe() : canShow()))) return { kind: 'none', close: nothing };
  const start = drop.starts[index] ?? 0;
  const open = (from: number, to: number) => drop.body(newTransfer(to - from), start + from, start + to);
  const { address, close } = serve({ ...facts, open });
  return { kind, address, close };
}
