/** Brings the kept directory up to date, in the background, while the portal answers. */
import { type Bytes, checkDirectory, succeedDirectory } from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { keepDirectory, keptDirectory } from './directory-store.ts';

const ADDRESS = '/.well-known/archipel/directory';
const SECOND_MS = 1000;

/** Takes what is signed, in time, and newer than what is kept (DIR-4); anything else changes nothing. */
export async function refreshDirectory(request: typeof fetch = fetch): Promise<void> {
  let bytes: Bytes;
  try {
    const response = await request(ADDRESS);
    if (!response.ok) return;
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch {
    return; // The portal is away: what is kept is for just that.
  }
  const checked = await checkDirectory(bytes, { nowSeconds: Math.floor(Date.now() / SECOND_MS) }, webSuite.verify);
  if (!checked.ok) return;
  const held = await keptDirectory();
  const order = held === undefined ? undefined : succeedDirectory(held, bytes);
  // Of another key it is another portal: this page came from it, so nothing is gained by believing the old one.
  if (order === undefined || (order.ok ? order.value === 'next' : order.error === 'wrong_host')) {
    await keepDirectory(bytes);
  }
}
