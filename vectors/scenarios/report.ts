import { type Bytes, concat, encodeUtf8, label } from '@archipel/protocol';
import { nobleHpke, sealReport } from '@archipel/protocol/secret';
import { flip, type Input, type Scenario, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

const SEED = new Uint8Array(32).fill(0x31);
const DOC = new Uint8Array(20).fill(7);
const CATEGORY = 'fraud';
const ID = 'BwcHBwcHBwcHBwcHBwcHBwcHBwc';
const LINK = `https://pads.example.org/drop#1v.${ID}.${'s'.repeat(27)}`;
const SAID = { words: 'Elle demande ma carte bancaire\u202f!', contact: 'ada@example.org', link: LINK };
const SAID_OTHERWISE = { ...SAID, link: LINK.replace(ID, `A${ID.slice(1)}`) };

/** REP-4: what people write to the people of a host, sealed to their key. */
export async function reportScenarios({ suite }: World): Promise<Scenario[]> {
  const hpke = await nobleHpke();
  const key = await hpke.openingKey(SEED);
  const subject = { docId: DOC, category: CATEGORY };
  const sealedAs = async (words: typeof SAID, about = subject): Promise<Bytes> => {
    const sealed = await sealReport(hpke, key.publicKey, about, words, suite.random(32));
    if (sealed === undefined) throw new Error('no key');
    return sealed;
  };
  /** Any plaintext. */
  const sealedText = async (text: Bytes, info = 'arc1 report'): Promise<Bytes> => {
    const aad = concat(DOC, encodeUtf8(CATEGORY));
    const sealed = await hpke.seal(key.publicKey, label(info), aad, text, suite.random(32));
    if (sealed === undefined) throw new Error('no key');
    return concat(sealed.enc, sealed.ciphertext);
  };
  const spaces = (length: number, text = ''): Bytes => {
    const bytes = new Uint8Array(length).fill(0x20);
    bytes.set(encodeUtf8(text));
    return bytes;
  };
  const opens = (name: string, description: string, sealed: Bytes, expect: object | undefined, more = {}): Scenario => ({
    name: `report/${name}`,
    rules: name.includes('link') ? ['REP-2', 'REP-4'] : ['REP-4'],
    description,
    operation: 'openReport',
    input: toJson({ seed: SEED, docId: DOC, category: CATEGORY, sealed, ...more }) as Input,
    expect: expect === undefined ? { error: 'open_failed' } : { value: toJson(expect) },
  });
  const sealed = await sealedAs(SAID);
  const long = { ...SAID, words: 'a'.repeat(4000) };
  return [
    opens('opened', 'Words, contact and link.', sealed, SAID),
    opens('longest', 'As many letters as a report may have.', await sealedAs(long), long),
    opens('link-of-another', 'The link is of something else: it is left out.', await sealedAs(SAID_OTHERWISE), {
      ...SAID,
      link: '',
    }),
    opens('wrong-key', 'The key of another host.', sealed, undefined, { seed: flip(SEED, 0) }),
    opens('of-another-document', 'Moved to another docId.', sealed, undefined, { docId: flip(DOC, 0) }),
    opens('of-another-category', 'Moved to another category.', sealed, undefined, { category: 'spam' }),
    opens('tampered-encapsulated', 'A bit of the encapsulated key changed.', flip(sealed, 0), undefined),
    opens('tampered-ciphertext', 'A bit of the ciphertext changed.', flip(sealed, 40), undefined),
    opens('tampered-tag', 'A bit of the tag changed.', flip(sealed, -1), undefined),
    opens('truncated', 'The last byte is missing.', sealed.slice(0, -1), undefined),
    opens('left-over', 'A byte too many.', concat(sealed, Uint8Array.of(0)), undefined),
    opens('key-alone', 'The encapsulated key, and nothing sealed.', sealed.slice(0, 32), undefined),
    opens('nothing', 'Not a byte.', new Uint8Array(0), undefined),
    opens('empty-text', 'A tag of nothing: not even padding.', await sealedText(new Uint8Array(0)), undefined),
    opens('not-padded', 'A length that says how much was written.', await sealedText(spaces(40, '{}')), undefined),
    opens('oversize', 'One padding more than fits.', await sealedText(spaces(17 * 1024, '{}')), undefined),
    opens('not-json', 'Spaces alone.', await sealedText(spaces(1024)), undefined),
    opens('json-null', 'JSON, and no object.', await sealedText(spaces(1024, 'null')), undefined),
    opens('other-label', 'Sealed to the right key for another purpose.', await sealedText(spaces(1024, '{}'), 'arc1 inbox'), undefined),
  ];
}
