/** The key of a document's published page (§22): only its owner has it, and nothing public leads from it to the document. */
import { type Bytes, concat } from '../bytes.ts';
import { encodeUnsignedPage, type PageContent, pageIdOf, pageSigningInput } from '../page.ts';
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
