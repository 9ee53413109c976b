import {
  type Bytes,
  concat,
  type ErrorName,
  encodeUnsignedPage,
  encodeUtf8,
  encodeVarint,
  MAX_PUBLISHED_BYTES,
  type PageContent,
  pageSigningInput,
  toHex,
} from '@archipel/protocol';
import { linkFor, pageKeysOf, printLink, signPage } from '@archipel/protocol/secret';
import { flip, type Input, type Json, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

const NOW = 1_750_000_000;
const DAY = 86_400;
/** The smallest that begins as a JPEG does. */
const PICTURE = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
const CONTENT: PageContent = {
  expiry: NOW + 30 * DAY,
  licence: 'cc-by-sa',
  language: 'fr',
  title: 'Fête du quartier',
  description: 'Samedi 12 juin, place du marché.',
  authors: 'Le comité',
  html: '<h2>Programme</h2><p>Venez <strong>toutes et tous</strong>.</p><figure><img src="0" alt="Une affiche"></figure>',
  pictures: [PICTURE],
};

export async function pageScenarios({ suite, keys, other }: World): Promise<Scenario[]> {
  const pageKeys = await pageKeysOf(suite, keys);
  const { pageId, signer } = pageKeys;
  const page = await signPage(pageKeys, 3, NOW, CONTENT);
  const gone = await signPage(pageKeys, 4, NOW);
  /** A page whose fields no encoder would write: signed all the same. */
  const signedAs = async (change: (unsigned: Bytes) => Bytes): Promise<Bytes> => {
    const unsigned = change(encodeUnsignedPage({ seq: 3, time: NOW, key: signer.publicKey, content: CONTENT }));
    return concat(unsigned, await signer.sign(pageSigningInput(unsigned)));
  };
  const head = encodeUnsignedPage({ seq: 3, time: NOW, key: signer.publicKey });
  const at = { licence: head.length + encodeVarint(CONTENT.expiry).length, picture: page.length - 64 - PICTURE.length };
  const byOwner = async (): Promise<Bytes> => {
    const unsigned = page.subarray(0, -64);
    return concat(unsigned, (await keys.ownerSigner?.sign(pageSigningInput(unsigned))) as Bytes);
  };
  const withoutLabel = async (): Promise<Bytes> => {
    const unsigned = page.subarray(0, -64);
    return concat(unsigned, await signer.sign(unsigned));
  };

  type Parts = Pick<Scenario, 'rules' | 'operation' | 'description'> & { name: string; input: unknown };
  const make = ({ name, input, ...parts }: Parts, expect: ErrorName | { value: unknown }): Scenario => ({
    name: `page/${name}`,
    rules: parts.rules,
    description: parts.description,
    operation: parts.operation,
    input: toJson(input) as Input,
    expect: typeof expect === 'string' ? { error: expect } : { value: toJson(expect.value) as Json },
  });
  const decodes = (name: string, rules: string[], description: string, input: unknown, expect: ErrorName): Scenario =>
    make({ name, rules, description, operation: 'decodePage', input: { page: input } }, expect);
  const checks = (name: string, description: string, input: { page: Bytes; pageId?: Bytes }, expect: ErrorName) =>
    make({ name, rules: ['PAGE-1'], description, operation: 'checkPage', input: { pageId, ...input } }, expect);
  const follows = (
    name: string,
    description: string,
    input: { next: Bytes; held?: Bytes; now?: number },
    expect: ErrorName | { value: 'same' | 'next' },
  ): Scenario =>
    make({ name, rules: ['PAGE-2'], description, operation: 'succeedPage', input: { now: NOW, ...input } }, expect);

  const line = (title: string) => signedAs((unsigned) => replaced(unsigned, CONTENT.title, title));
  return [
    make(
      {
        name: 'key',
        rules: ['PAGE-1', 'PAGE-11'],
        description: 'The page key of an owner, and the address made from it.',
        operation: 'derivePageKey',
        input: { link: printLink(linkFor(keys, 'own')) },
      },
      { value: { pageId, key: signer.publicKey } },
    ),
    make(
      { name: 'decode', rules: ['PAGE-3'], description: 'A page.', operation: 'decodePage', input: { page } },
      { value: { seq: 3, time: NOW, key: signer.publicKey, content: CONTENT, signature: page.subarray(-64) } },
    ),
    make(
      {
        name: 'accepted',
        rules: ['PAGE-1'],
        description: 'A page under its own address.',
        operation: 'checkPage',
        input: { pageId, page },
      },
      { value: { seq: 3, isTakenBack: false } },
    ),
    make(
      {
        name: 'taken-back',
        rules: ['PAGE-1', 'PAGE-4'],
        description: 'What takes it back.',
        operation: 'checkPage',
        input: { pageId, page: gone },
      },
      { value: { seq: 4, isTakenBack: true } },
    ),
    checks(
      'of-another-document',
      'Under the address of another document’s page.',
      { page, pageId: (await pageKeysOf(suite, other)).pageId },
      'bad_header',
    ),
    checks('docid-of-the-document', 'Under the docId of the document.', { page, pageId: keys.docId }, 'bad_header'),
    checks('signed-by-owner-key', 'The owner key is not the page key.', { page: await byOwner() }, 'bad_header'),
    checks('without-label', 'Signed without the label.', { page: await withoutLabel() }, 'bad_header'),
    checks('tampered-html', 'A letter was changed.', { page: flip(page, -80) }, 'bad_header'),
    checks('tampered-signature', 'A bit of the signature changed.', { page: flip(page, -33) }, 'bad_header'),
    checks('turned-back-on', 'Taken back, with the flag removed.', { page: splice(gone, 2, 1, 0) }, 'bad_message'),
    decodes('version-2', ['ENC-4'], 'A newer version.', splice(page, 0, 1, 2), 'unsupported_version'),
    decodes('kind-3', ['ENC-4'], 'The kind of an inbox.', splice(page, 1, 1, 3), 'bad_message'),
    decodes('reserved-flag', ['ENC-4'], 'A flag that is not known.', splice(page, 2, 1, 2), 'bad_message'),
    decodes('taken-back-with-contents', ['PAGE-4'], 'Both at once.', splice(page, 2, 1, 1), 'bad_message'),
    decodes('seq-zero', ['PAGE-2'], 'The first seq is 1.', splice(page, 3, 1, 0), 'bad_message'),
    decodes('licence-unknown', ['PAGE-3'], 'A licence that is none.', splice(page, at.licence, 1, 6), 'bad_message'),
    decodes('licence-zero', ['PAGE-3'], 'No licence at all.', splice(page, at.licence, 1, 0), 'bad_message'),
    decodes('title-empty', ['PAGE-3'], 'A page has a title.', await line(''), 'bad_message'),
    decodes('title-two-lines', ['PAGE-3'], 'A title is one line.', await line('One\ntwo'), 'bad_message'),
    decodes('title-turned', ['PAGE-3'], 'A title that turns the line around.', await line('a\u202eb'), 'bad_message'),
    decodes('title-too-long', ['PAGE-3'], '201 bytes.', await line('a'.repeat(201)), 'bad_message'),
    decodes('language-spelling', ['PAGE-3'], 'Not as BCP 47 spells it.', await language('FR'), 'bad_message'),
    decodes(
      'picture-svg',
      ['PAGE-3'],
      'No picture by its first bytes.',
      splice(page, at.picture, 1, 0x3c),
      'bad_message',
    ),
    decodes('truncated', ['ENC-2'], 'The last byte is missing.', page.subarray(0, -1), 'bad_message'),
    decodes('left-over', ['ENC-2'], 'A byte too many.', concat(page, Uint8Array.of(0)), 'bad_message'),
    decodes(
      'oversize',
      ['PAGE-3'],
      'One byte more than 8 MiB.',
      [
        { hex: toHex(page), times: 1 },
        { hex: '00', times: MAX_PUBLISHED_BYTES + 1 - page.length },
      ],
      'too_large',
    ),
    follows('first', 'Nothing is held.', { next: page }, { value: 'next' }),
    follows('same', 'The very same again.', { held: page, next: page, now: NOW + 9 * DAY }, { value: 'same' }),
    follows('later', 'Taken back by the next seq.', { held: page, next: gone }, { value: 'next' }),
    follows(
      'published-again',
      'After it was taken back.',
      { held: gone, next: await signPage(pageKeys, 9, NOW, CONTENT) },
      { value: 'next' },
    ),
    follows('older', 'An older page after what took it back.', { held: gone, next: page }, 'stale_header'),
    follows(
      'same-seq',
      'Another page with the same seq.',
      { held: page, next: await signPage(pageKeys, 3, NOW) },
      'stale_header',
    ),
    follows('a-day-old', 'Exactly a day old: still taken.', { next: page, now: NOW + DAY }, { value: 'next' }),
    follows(
      'replayed',
      'More than a day old, where nothing is known of it.',
      { next: page, now: NOW + DAY + 1 },
      'stale_order',
    ),
    follows('from-the-future', 'More than a day ahead.', { next: page, now: NOW - DAY - 1 }, 'stale_order'),
  ];

  function language(tag: string): Promise<Bytes> {
    const [before, after] = [encodeUtf8(`${String.fromCharCode(CONTENT.language.length)}${CONTENT.language}`), tag];
    const place = at.licence + 1;
    return signedAs((unsigned) => splice(unsigned, place, before.length, after.length, ...encodeUtf8(after)));
  }

  function replaced(unsigned: Bytes, text: string, by: string): Bytes {
    const [old, fresh] = [encodeUtf8(text), encodeUtf8(by)];
    const place = at.licence + 1 + 1 + CONTENT.language.length;
    return splice(unsigned, place, 1 + old.length, ...encodeVarint(fresh.length), ...fresh);
  }
}
