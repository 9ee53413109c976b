/** The address of a document to be: `/pad?new&keep=180d`. There is no secret in it: the page of the tool makes the keys. */

/** For how long the host shall keep a document: a number of days, or null for no limit. */
export type Keep = number | null;

const KEEP_DAYS_MAX = 36_500;

export function creationAddress(path: string, keep: Keep): string {
  return `${path}?new&keep=${keep === null ? 'never' : `${keep}d`}`;
}

/**
 * Reads a creation address.
 * @param search `location.search`
 * @param fallback the host's default, for an address without a (readable) `keep`
 * @returns null when the address does not ask for a new document
 */
export function readCreation(search: string, fallback: Keep): { keep: Keep } | null {
  const asked = new URLSearchParams(search);
  if (!asked.has('new')) return null;
  const keep = asked.get('keep') ?? '';
  if (keep === 'never') return { keep: null };
  const days = /^([1-9]\d{0,4})d$/.exec(keep)?.[1];
  return { keep: days === undefined || Number(days) > KEEP_DAYS_MAX ? fallback : Number(days) };
}
