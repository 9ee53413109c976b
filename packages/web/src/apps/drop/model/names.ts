import { MAX_FILE_NAME_BYTES } from '@archipel/protocol';
import { fileNameFor } from '@archipel/protocol/secret';

/** Stands between a folder and what is in it: a drop has no folders (DROP-2), and this is a name everywhere. */
const WITHIN = ' - ';
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** What a file in a folder is called in a drop: `Lyon/Quais/1.jpg` is `Lyon - Quais - 1.jpg`; the outer folders go when it is too long. */
function nameOf(path: string): string {
  const steps = path.split('/').filter((step) => step !== '');
  while (steps.length > 1 && bytesOf(steps.join(WITHIN)) > MAX_FILE_NAME_BYTES) steps.shift();
  return steps.join(WITHIN);
}

/** A name for each path, in its order; no two are the same. */
export function dropNames(paths: readonly string[]): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const name = fileNameFor(nameOf(path), taken);
    taken.add(name);
    return name;
  });
}
