import { momentInWords } from '../i18n/dates.ts';
import { t } from '../i18n/index.ts';

/** Until when a document is kept, in words: "Expires in 3 days". Both in ms since 1970; null is without limit. */
export function expiryInWords(expiresAt: number | null, now: number): string {
  if (expiresAt === null) return t('expiry.never');
  const when = momentInWords(expiresAt, now);
  return t(expiresAt > now ? 'expiry.in' : 'expiry.past', { when });
}

/** Less than this is shown as a warning. */
const SOON_MS = 3 * 86_400_000;

export function expiryLook(expiresAt: number | null, now: number): 'past' | 'soon' | 'far' {
  if (expiresAt === null || expiresAt - now > SOON_MS) return 'far';
  return expiresAt > now ? 'soon' : 'past';
}
