/** The name of a formula's type in the schema. */
export const FORMULA = 'formula';

/** In UTF-16 units: more is a text, not a formula. */
export const TEX_MAX_LENGTH = 1000;

/** TeX as one line; another program may have written anything. */
export function cleanTex(tex: unknown): string {
  if (typeof tex !== 'string') return '';
  return tex
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, TEX_MAX_LENGTH)
    .trim();
}
