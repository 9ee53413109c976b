/** Files of a browser, as they are sent. */
import type { SourceFile } from '@archipel/client/drop';
import type { ChosenFile } from '../../../files/chosen.ts';
import { Ahead } from '../model/ahead.ts';

const SECOND_MS = 1000;

/** What is sent of a file. */
export interface Outgoing extends ChosenFile {
  /** As the drop calls it. */
  name: string;
  /** Its bytes, or those of the cleaned photo. */
  body: Blob;
}

/** Files of so many bytes are read as a whole, some of them ahead. */
const SMALL_BYTES = 2 ** 17;
const AT_ONCE = 24;

/** `onChanged`: the file of this name is not as it was when it was chosen. */
export function sourcesOf(outgoing: readonly Outgoing[], onChanged: (name: string) => void): SourceFile[] {
  const at = (index: number): Outgoing => outgoing[index] as Outgoing;
  const same = new Ahead(outgoing.length, AT_ONCE, (index) => isUnchanged(at(index)));
  const small = new Ahead(outgoing.length, AT_ONCE, async (index) => {
    const { body } = at(index);
    return body.size > SMALL_BYTES ? undefined : bytesOf(body);
  });
  return outgoing.map(({ name, file, body }, index) => ({
    name,
    type: typeOf(file),
    size: body.size,
    blob: body,
    modified: Math.max(0, Math.floor(file.lastModified / SECOND_MS)),
    identity: async () => {
      const isSame = await same.take(index);
      if (!isSame) onChanged(name);
      return isSame ? `${name}\n${file.size}\n${body.size}\n${file.lastModified}` : undefined;
    },
    read: async (offset, target) => {
      const isWhole = offset === 0 && target.length === body.size && body.size <= SMALL_BYTES;
      const bytes = await (isWhole ? small.take(index) : bytesOf(body.slice(offset, offset + target.length)));
      if (bytes?.length !== target.length) {
        onChanged(name);
        return false;
      }
      target.set(bytes);
      return true;
    },
  }));
}

/** As a manifest may hold it: without parameters. */
function typeOf({ type }: File): string {
  return /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*/.exec(type.toLowerCase())?.[0].slice(0, 100) ?? '';
}

async function isUnchanged({ file, handle }: Outgoing): Promise<boolean> {
  if (handle === undefined) return (await bytesOf(file.slice(-1))) !== undefined;
  try {
    const { size, lastModified } = await handle.getFile();
    return size === file.size && lastModified === file.lastModified;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/** Undefined: the browser does not read it any more, because it was changed, moved or removed. */
async function bytesOf(part: Blob): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
