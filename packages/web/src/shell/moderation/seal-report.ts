/** Seals a report for the people of a host: loaded when somebody sends one. */
import { decodeBase64url, encodeBase64url } from '@archipel/protocol';
import { hpke, type ReportWords, sealReport } from '@archipel/protocol/secret';

/** In base64url. Rejects when the key is none: nothing goes out that others could read. */
export async function sealedFor(
  key: string,
  { docId, category }: { docId: string; category: string },
  words: ReportWords,
): Promise<string> {
  const [publicKey, id] = [decodeBase64url(key), decodeBase64url(docId)];
  if (!publicKey.ok || !id.ok) throw new Error('no key of a host');
  const sealed = await sealReport(await hpke(), publicKey.value, { docId: id.value, category }, words);
  if (sealed === undefined) throw new Error('no key of a host');
  return encodeBase64url(sealed);
}
