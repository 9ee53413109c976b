/**
 * The one file that reads the fragment of the address: the secret of a link is there (docs/protocol.md, links). It stays in
 * the address bar, so that reload, bookmark and copy work as people expect; it is never logged and never sent.
 */

/** What follows `#` in the address, or null when there is nothing. */
export function readFragment(): string | null {
  const fragment = location.hash.slice(1);
  return fragment === '' ? null : fragment;
}

/** Puts the link of a document just created in the address bar, in the place of the present entry; drops `?new`. */
export function writeFragment(fragment: string): void {
  history.replaceState(null, '', `${location.pathname}#${fragment}`);
}

/** The whole address to hand on: this front, the path of the tool, the fragment. */
export function linkTo(path: string, fragment: string): string {
  return `${location.origin}${path}#${fragment}`;
}

/** The id in the link of the address bar, and the hosts (origins) that may keep it: this one, and those that the link names. Null without a link. */
export function placeOfLink(): { docId: string; hosts: string[] } | null {
  const [, docId = '', , ...hints] = (readFragment() ?? '').split('.');
  if (!/^[\w-]{27}$/.test(docId)) return null;
  const named = hints.join('.').split(',').filter(Boolean);
  return { docId, hosts: [location.origin, ...named.map((hint) => originOf(hint))] };
}

/** The published page that the address bar names, in base64url; null when it names none. */
export function pageOfLink(): string | null {
  return /^p\.([\w-]{27})$/.exec(readFragment() ?? '')?.[1] ?? null;
}

function originOf(hint: string): string {
  return /^(localhost|127\.0\.0\.1)(:|$)/.test(hint) ? `http://${hint}` : `https://${hint}`;
}

/** Calls back when the person pastes another link in the same tab. Returns how to stop. */
export function onFragmentChange(changed: (fragment: string | null) => void): () => void {
  const listener = (): void => changed(readFragment());
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}
