/** The key of a document's published page (§22): only its owner has it, and nothing public leads from it to the document. */
import { type Bytes, concat, label } from '../bytes.ts';
import { SIGNATURE_BYTES } from '../limits.ts';
import { encodeUnsignedPage, type PageContent, pageIdOf, pageSigningInput } from '../page.ts';
import { encodeUtf8 } from '../utf8.ts';
import { type Keys, pageSignerOf } from './keys.ts';
import type { Signer, Suite } from './suite.ts';

export interface PageKeys {
  pageId: Bytes;
  signer: Signer;
}

export function pageKeysFrom(signer: Signer): PageKeys {
  return { pageId: pageIdOf(signer.publicKey), signer };
}

/** Throws when the keys are not an owner's: a bug of the caller. */
export async function pageKeysOf(suite: Suite, keys: Pick<Keys, 'secrets'>): Promise<PageKeys> {
  return pageKeysFrom(await pageSignerOf(suite, keys));
}

/** A page's bytes; without `content`, what takes it back (PAGE-4). `time`: Unix seconds. */
export async function signPage({ signer }: PageKeys, seq: number, time: number, content?: PageContent): Promise<Bytes> {
  const unsigned = encodeUnsignedPage({ seq, time, key: signer.publicKey, ...(content && { content }) });
  return concat(unsigned, await signer.sign(pageSigningInput(unsigned)));
}

const placeInput = (origin: string): Bytes => concat(label('arc1 page place'), encodeUtf8(origin));

/** What an owner notes in the document before a page goes to a host (PAGE-13): others who can write there cannot make one up. */
export function signPagePlace({ signer }: PageKeys, origin: string): Promise<Bytes> {
  return signer.sign(placeInput(origin));
}

/** Whether the owner noted this host. */
export async function isPagePlace(
  { verify }: Pick<Suite, 'verify'>,
  { signer }: PageKeys,
  origin: string,
  signature: Bytes,
): Promise<boolean> {
  return signature.length === SIGNATURE_BYTES && (await verify(signer.publicKey, placeInput(origin), signature));
}
