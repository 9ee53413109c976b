/** Links under a password (docs/protocol.md §3), as the pages of the tools have them. The password stays in the memory of this page. */
import {
  isLocked,
  isPassword,
  type Link,
  type LockedLink,
  lockLink,
  printLink,
  readLink,
  type Stretch,
  unlockLink,
  webSuite,
} from '@archipel/protocol/secret';

export { isPassword };

/** By what the page was opened: the fragment as it came, and the password that opened it. Undefined: by a link without one. */
let openedBy: { locked: LockedLink; password: string } | undefined;

const stretchOnWorker: Stretch = (password, salt) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./stretch.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = ({ message }) => {
      worker.terminate();
      reject(new Error(`the worker of passwords: ${message}`));
    };
    worker.postMessage({ password, salt });
  });

function linkOf(fragment: string): Link | LockedLink | undefined {
  const link = readLink(fragment);
  return link.ok ? link.value : undefined;
}

/** Whether a fragment is a whole link that needs a password. */
export function needsPassword(fragment: string): boolean {
  const link = linkOf(fragment);
  return link !== undefined && isLocked(link);
}

/** The fragment without a password, or undefined when this is not the password. */
export async function unlock(fragment: string, password: string): Promise<string | undefined> {
  const locked = linkOf(fragment);
  if (locked === undefined || !isLocked(locked)) throw new RangeError('not a link with a password');
  const link = await unlockLink(webSuite, locked, password, stretchOnWorker);
  if (!link.ok) return undefined;
  openedBy = { locked, password };
  return printLink(link.value);
}

/** The whole address again, of use only with the password: another one at each call. */
export async function lock(address: string, password: string): Promise<string> {
  const url = new URL(address);
  const link = linkOf(url.hash.slice(1));
  if (link === undefined || isLocked(link)) throw new RangeError('not a link without a password');
  url.hash = printLink(await lockLink(webSuite, link, password, stretchOnWorker));
  return url.href;
}

/** The password that this page was opened with. */
export function passwordOfPage(): string | undefined {
  return openedBy?.password;
}

/** What "My documents" keeps of the best link of a page: where it was opened with a password, the link that needs it. */
export function toRemember(fragment: string): string {
  const link = linkOf(fragment);
  if (openedBy === undefined || link === undefined) return fragment;
  // Its hosts may have changed since; they are not under the seal.
  return printLink({ ...openedBy.locked, hints: link.hints });
}
