/** The fixed documents that the scenarios are made from: no chance, no clock, no compressor whose output may change. */
import { type Bytes, concat, docIdOf, NO_PREVIOUS, recordHash, sha256, toHex } from '@archipel/protocol';
import { type Keys, keysFromLink, makeSession, nobleSuite, type Suite } from '@archipel/protocol/secret';

/** 600 bytes, and their raw DEFLATE as written once by zlib. */
export const LONG_TEXT = new TextEncoder().encode('An island is a piece of land. '.repeat(20));
const LONG_TEXT_DEFLATED = '73cc53c82cce49cc4b51c82c56485428c84c4d4e55c84f530009e929388eca8eca92250b00';

/** Random bytes that are the same in every run: SHA-256 of a counter. */
function fixedSuite(): Suite {
  let counter = 0;
  return {
    ...nobleSuite,
    random(length) {
      counter += 1;
      return sha256(concat(new TextEncoder().encode('arc1 vectors'), Uint8Array.of(counter))).slice(0, length);
    },
    async deflate(bytes) {
      if (toHex(bytes) !== toHex(LONG_TEXT)) throw new Error('only the long text is deflated in vectors');
      return Uint8Array.from(Buffer.from(LONG_TEXT_DEFLATED, 'hex'));
    },
  };
}

export interface World {
  suite: Suite;
  /** Owner's keys of two documents; those of the first one in its second generation. */
  keys: Keys;
  other: Keys;
  renewed: Keys;
  editKey: Bytes;
  ownerKey: Bytes;
  /** Three sessions, ascending. */
  sessions: [Bytes, Bytes, Bytes];
  /** Texts of a chain of three records. */
  texts: [Bytes, Bytes, Bytes];
}

async function ownerOf(suite: Suite, secret: Bytes, gen: number): Promise<Keys> {
  const seed = await suite.hkdf(secret, new TextEncoder().encode('arc1 owner key\0'), 32);
  const docId = docIdOf(1, (await suite.signer(seed)).publicKey);
  const keys = await keysFromLink(suite, { cap: 'own', docId, secret, hints: [] }, gen);
  if (!keys.ok) throw new Error(keys.error);
  return keys.value;
}

export async function makeWorld(): Promise<World> {
  const suite = fixedSuite();
  const secret = Uint8Array.from({ length: 20 }, (_, i) => i);
  const keys = await ownerOf(suite, secret, 0);
  return {
    suite,
    keys,
    other: await ownerOf(suite, new Uint8Array(20).fill(0x55), 0),
    renewed: await ownerOf(suite, secret, 1),
    editKey: keys.editSigner?.publicKey as Bytes,
    ownerKey: keys.ownerSigner?.publicKey as Bytes,
    sessions: [1, 2, 3].map((n) => new Uint8Array(16).fill(0x11 * n)) as World['sessions'],
    texts: ['north', 'east', 'south'].map((text) => new TextEncoder().encode(text)) as World['texts'],
  };
}

/** Records 0, 1, 2 of a session, and the hash after each. */
export async function sealChain(
  world: World,
  keys: Keys,
  session: Bytes,
): Promise<{ records: Bytes[]; hashes: Bytes[] }> {
  const writer = makeSession(world.suite, keys, keys.gen ?? 0, session);
  const records: Bytes[] = [];
  const hashes: Bytes[] = [];
  for (const [n, plaintext] of world.texts.entries()) {
    const previous = hashes.at(-1) ?? NO_PREVIOUS;
    const record = await writer.sealRecord({ n, previous, deps: [], plaintext });
    records.push(record);
    hashes.push(recordHash(keys.docId, previous, record));
  }
  return { records, hashes };
}
