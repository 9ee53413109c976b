/** The paragraphs of a plain text: one per line, whatever the line ends; no empty ones at the end. */
export function linesOf(text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trimEnd()
    .split('\n');
}
