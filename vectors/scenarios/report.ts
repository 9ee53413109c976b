import { type Bytes, concat, MAX_SEALED_REPORT_BYTES } from '@archipel/protocol';
import { flip, type Input, type Scenario, toJson } from '../scenario.ts';
import { SEALED_REPORTS } from './report-sealed.ts';

/** Of the key in report-sealed.ts. */
const SEED = new Uint8Array(32).fill(0x31);
const DOC = new Uint8Array(20).fill(7);
const CATEGORY = 'fraud';
const LINK = `https://pads.example.org/drop#1v.BwcHBwcHBwcHBwcHBwcHBwcHBwc.${'s'.repeat(27)}`;
const SAID = { words: 'Elle demande ma carte bancaire\u202f!', contact: 'ada@example.org', link: LINK };

/** REP-4: what people write to the people of a host, sealed to their key. */
export async function reportScenarios(): Promise<Scenario[]> {
  const bytesOf = (name: keyof typeof SEALED_REPORTS): Bytes =>
    new Uint8Array(Buffer.from(SEALED_REPORTS[name], 'hex'));
  const opens = (
    name: string,
    description: string,
    sealed: Bytes | object,
    expect: object | undefined,
    more = {},
  ): Scenario => ({
    name: `report/${name}`,
    rules: name.includes('link') ? ['REP-2', 'REP-4'] : ['REP-4'],
    description,
    operation: 'openReport',
    input: toJson({ seed: SEED, docId: DOC, category: CATEGORY, sealed, ...more }) as Input,
    expect: expect === undefined ? { error: 'open_failed' } : { value: toJson(expect) },
  });
  const sealed = bytesOf('GOOD');
  const oversize = [
    { hex: SEALED_REPORTS.GOOD, times: 1 },
    { hex: '00', times: MAX_SEALED_REPORT_BYTES },
  ];
  return [
    opens('opened', 'Words, contact and link.', sealed, SAID),
    opens('link-of-another', 'The link is of something else: it is left out.', bytesOf('LINK_OF_ANOTHER'), {
      ...SAID,
      link: '',
    }),
    opens('wrong-key', 'The key of another host.', sealed, undefined, { seed: flip(SEED, 0) }),
    opens('of-another-document', 'Moved to another docId.', sealed, undefined, { docId: flip(DOC, 0) }),
    opens('of-another-category', 'Moved to another category.', sealed, undefined, { category: 'spam' }),
    opens('tampered-encapsulated', 'A bit of the encapsulated key changed.', flip(sealed, 0), undefined),
    opens('encapsulated-zero', 'A key with which every secret is zero.', zeroKey(sealed), undefined),
    opens('tampered-ciphertext', 'A bit of the ciphertext changed.', flip(sealed, 40), undefined),
    opens('tampered-tag', 'A bit of the tag changed.', flip(sealed, -1), undefined),
    opens('truncated', 'The last byte is missing.', sealed.slice(0, -1), undefined),
    opens('left-over', 'A byte too many.', concat(sealed, Uint8Array.of(0)), undefined),
    opens('key-alone', 'The encapsulated key, and nothing sealed.', sealed.slice(0, 32), undefined),
    opens('nothing', 'Not a byte.', new Uint8Array(0), undefined),
    opens('oversize', 'Whole paddings, and more than 17 KiB of them.', oversize, undefined),
    opens('empty-text', 'A tag of nothing: not even padding.', bytesOf('EMPTY'), undefined),
    opens('not-padded', 'A length that says how much was written.', bytesOf('NOT_PADDED'), undefined),
    opens('not-json', 'Spaces alone.', bytesOf('NOT_JSON'), undefined),
    opens('json-null', 'JSON, and no object.', bytesOf('JSON_NULL'), undefined),
    opens('other-label', 'Sealed to the right key for another purpose.', bytesOf('OTHER_LABEL'), undefined),
  ];
}

const zeroKey = (sealed: Bytes): Bytes => concat(new Uint8Array(32), sealed.slice(32));
