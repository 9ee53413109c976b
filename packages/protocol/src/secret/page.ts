/** The key of a document's published page (§22): only its owner has it, and nothing public leads from it to the document. */
import { type Bytes, concat } from '../bytes.ts';
import { encodeUnsignedPage, type PageContent, pageIdOf, pageSigningInput } from '../page.ts';
import { type Keys, signerOf } from './keys.ts';
import type { Signer, Suite } from './suite.ts';

export interface PageKeys {
  pageId: Bytes;
  signer: Signer;
}

/** Throws when the keys are not an owner's: a bug of the caller. */
export async function pageKeysOf(suite: Suite, { secrets }: Pick<Keys, 'secrets'>): Promise<PageKeys> {
  if (secrets.own === undefined) throw new RangeError('only an owner publishes');
  const signer = await signerOf(suite, secrets.own, 'arc1 page key');
  return { pageId: pageIdOf(signer.publicKey), signer };
}

/** A page's bytes; without `content`, what takes it back (PAGE-4). `time`: Unix seconds. */
export async function signPage({ signer }: PageKeys, seq: number, time: number, content?: PageContent): Promise<Bytes> {
  const unsigned = encodeUnsignedPage({ seq, time, key: signer.publicKey, ...(content && { content }) });
  return concat(unsigned, await signer.sign(pageSigningInput(unsigned)));
}
