const NAME_MAX_LENGTH = 80;

/** The title as a file name that every system takes, without its ending. */
export function fileName(title: string): string {
  const plain = title
    .normalize('NFC')
    .replace(/[\p{Cc}<>:"/\\|?*\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const cut = [...plain]
    .slice(0, NAME_MAX_LENGTH)
    .join('')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return cut === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(cut) ? 'pad' : cut;
}
