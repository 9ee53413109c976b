import type { Bytes, ErrorName, LiveMessage } from '@archipel/protocol';
import { concat, decodeLive, encodeUnsignedLive, liveSigningInput } from '@archipel/protocol';
import { linkFor, makeSession, printLink } from '@archipel/protocol/secret';
import { flip, type Input, type Pieces, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

function decoded(bytes: Bytes): LiveMessage {
  const live = decodeLive(bytes);
  if (!live.ok) throw new Error(live.error);
  return live.value;
}

export async function liveScenarios({ suite, keys, other, sessions, texts, editKey }: World): Promise<Scenario[]> {
  const writer = makeSession(suite, keys, 0, sessions[0]);
  const plaintext = texts[0];
  const update = await writer.sealLive({ type: 4, count: 5, plaintext });
  const presence = await writer.sealLive({ type: 3, count: 6, plaintext });
  const signedAgain = async (changes: Partial<LiveMessage>, signer = keys.editSigner) => {
    const unsigned = encodeUnsignedLive({ ...decoded(update), ...changes });
    return concat(unsigned, (await signer?.sign(liveSigningInput(keys.docId, unsigned))) as Bytes);
  };
  const asUpdate = splice(presence, 1, 1, 4);
  const asPresence = splice(update, 1, 1, 3).subarray(0, -64);
  const opens = (
    name: string,
    rules: string[],
    description: string,
    input: { live: Bytes | Pieces; docId?: Bytes; link?: string },
    error?: ErrorName,
  ): Scenario => ({
    name: `live/${name}`,
    rules,
    description,
    operation: 'openLive',
    input: toJson({ link: printLink(linkFor(keys, 'view')), docId: keys.docId, editKey, ...input }) as Input,
    expect: error === undefined ? { value: toJson(plaintext) } : { error },
  });
  return [
    {
      name: 'live/seal-update',
      rules: ['LIVE-2'],
      description: 'Sealing is exact: the same bytes from everybody.',
      operation: 'sealLive',
      input: toJson({
        link: printLink(linkFor(keys, 'edit')),
        generation: 0,
        session: sessions[0],
        type: 4,
        count: 5,
        plaintext,
      }) as Input,
      expect: { value: toJson(update) },
    },
    {
      name: 'live/decode-presence',
      rules: ['ENC-2'],
      description: 'Presence carries no signature.',
      operation: 'decodeLive',
      input: toJson({ live: presence }) as Input,
      expect: { value: toJson(decoded(presence)) },
    },
    opens('open-update', ['LIVE-2'], 'A live update with the signature of an editor.', { live: update }),
    opens('open-presence', ['LIVE-2'], 'Presence needs none.', { live: presence }),
    opens(
      'signed-by-reader',
      ['LIVE-2'],
      "A reader's key cannot write, even with a relay's help.",
      { live: await signedAgain({}, keys.readSigner) },
      'bad_signature',
    ),
    opens(
      'tampered-ciphertext',
      ['LIVE-2'],
      'A bit of the ciphertext changed.',
      { live: flip(update, -70) },
      'bad_signature',
    ),
    opens(
      'tampered-presence',
      ['LIVE-2'],
      'A bit of the ciphertext of presence changed.',
      { live: flip(presence, -1) },
      'open_failed',
    ),
    opens(
      'count-changed',
      ['LIVE-2'],
      'A relay cannot give an old message a higher count.',
      { live: splice(update, 19, 1, 9) },
      'bad_signature',
    ),
    opens(
      'presence-count-changed',
      ['LIVE-2'],
      'Nor an old presence message.',
      { live: splice(presence, 19, 1, 9) },
      'open_failed',
    ),
    opens(
      'count-changed-signed',
      ['LIVE-2'],
      'The count is the nonce: signed again, it still does not open.',
      { live: await signedAgain({ count: 9 }) },
      'open_failed',
    ),
    opens(
      'update-as-presence',
      ['LIVE-2'],
      'A live update without its signature, passed off as presence.',
      { live: asPresence },
      'open_failed',
    ),
    opens(
      'presence-as-update',
      ['LIVE-2', 'ENC-2'],
      'Presence passed off as a live update: the signature is missing.',
      { live: asUpdate },
      'bad_message',
    ),
    opens(
      'presence-as-update-signed-by-reader',
      ['LIVE-2'],
      'The same with a signature of the reader.',
      { live: concat(asUpdate, await keys.readSigner.sign(liveSigningInput(keys.docId, asUpdate))) },
      'bad_signature',
    ),
    opens(
      'moved-to-another-document',
      ['LIVE-2'],
      'Passed on in another document.',
      { live: presence, docId: other.docId, link: printLink(linkFor(other, 'view')) },
      'open_failed',
    ),
    opens(
      'moved-to-another-session',
      ['LIVE-2'],
      'Signed again under another session.',
      { live: await signedAgain({ session: sessions[1] }) },
      'open_failed',
    ),
    opens('truncated', ['ENC-2'], 'The last byte is missing.', { live: update.subarray(0, -1) }, 'bad_message'),
    opens('left-over', ['ENC-2'], 'A byte too many.', { live: concat(presence, Uint8Array.of(0)) }, 'bad_message'),
    opens('version-2', ['ENC-4'], 'A newer version.', { live: splice(update, 0, 1, 2) }, 'unsupported_version'),
    opens('type-5', ['ENC-4'], 'An unknown type.', { live: splice(update, 1, 1, 5) }, 'bad_message'),
    opens('oversize', ['ENC-2'], 'More than 64 KiB.', { live: [{ hex: '01', times: 64 * 1024 + 1 }] }, 'too_large'),
  ];
}
