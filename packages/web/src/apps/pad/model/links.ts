/** What a link in a pad may lead to. Everything else (javascript:, data:, file:, ...) is dropped, typed or pasted. */
const SAFE_PROTOCOLS = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** The longest address a link keeps, in UTF-16 units. */
export const HREF_MAX_LENGTH = 2048;

/**
 * The address as it may stand in a document, or undefined when it is not one of http, https, mailto and tel.
 * Only absolute addresses: a relative one would lead somewhere else on each host.
 */
export function safeHref(href: unknown): string | undefined {
  if (typeof href !== 'string' || href.length > HREF_MAX_LENGTH) return undefined;
  const text = href.trim();
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return SAFE_PROTOCOLS.has(url.protocol) ? url.href : undefined;
}

/**
 * What someone typed in the link field, completed the way people expect: `archipel.org` gets https, an address with
 * an @ gets mailto, a telephone number gets tel. Undefined when it cannot be a safe address.
 */
export function completeHref(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '' || /\s/.test(text.replace(/^\+?[\d\s().-]+$/, ''))) return undefined;
  if (/^[a-z][a-z0-9+.-]*:(?!\d+(\/|$))/i.test(text)) return safeHref(text);
  if (/^[^@/\s]+@[^@/\s]+\.[^@/\s]+$/.test(text)) return safeHref(`mailto:${text}`);
  if (/^\+?[\d\s().-]{4,}$/.test(text)) return safeHref(`tel:${text.replace(/[^\d+]/g, '')}`);
  return /^[^\s/]+\.[^\s/]+/.test(text) ? safeHref(`https://${text}`) : undefined;
}
