import type { VNode } from 'preact';
import { needsPassword } from './locks.ts';

/**
 * The link that the tool opens: the fragment as it is, or, when it needs a password, what the password opens. Until then
 * `show` has the page that asks for it, and nothing is asked of any host (docs/protocol.md LINK-7).
 */
export async function openedFragment(fragment: string, show: (page: VNode) => void): Promise<string> {
  if (!needsPassword(fragment)) return fragment;
  const { PasswordPage } = await import('./PasswordPage.tsx');
  return new Promise((resolve) => show(<PasswordPage fragment={fragment} opened={resolve} />));
}
