const FIRST_ID = 2 ** 32;
const IDS = 2 ** 53 - FIRST_ID;

/**
 * The Yjs client id for what is made at a place of a document: the same place gives everybody the same id. Never one that
 * a program draws for itself (those have 32 bits), nor one that `isTaken`.
 */
export function spareId(place: string, isTaken: (id: number) => boolean): number {
  for (let attempt = 0; ; attempt++) {
    const id = FIRST_ID + (hash53(`${place} ${attempt}`) % IDS);
    if (!isTaken(id)) return id;
  }
}

/** A hash of 53 bits (two rounds of MurmurHash3's mixing side by side): against accidents, not against people. */
function hash53(text: string): number {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (low & 0x1fffff) * 2 ** 32 + (high >>> 0);
}
