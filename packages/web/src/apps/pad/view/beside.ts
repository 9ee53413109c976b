/** Where there is less, text and panel do not fit side by side. */
export const BESIDE = '(min-width: 64rem)';
