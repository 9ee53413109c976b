import { Marked } from 'marked';
import markedFootnote from 'marked-footnote';

/** Markdown (CommonMark with the tables, tasks, strikes and notes of GitHub) as HTML, which the schema then reads. */
export function readMarkdown(source: string): string {
  // What stands at the beginning for other programs is no text.
  const text = source.replace(/^---\r?\n[\s\S]{0,10000}?\r?\n---\r?\n/, '');
  return new Marked({ gfm: true, async: false }, markedFootnote()).parse(text, { async: false });
}
