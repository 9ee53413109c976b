import { Marked } from 'marked';
import markedFootnote from 'marked-footnote';

/** A table must have a first row here, also one that has none. */
const NO_HEAD = /<thead>\s*<tr>\s*(?:<th(?: align="\w+")?><\/th>\s*)+<\/tr>\s*<\/thead>\s*/g;
/** A picture alone, and emphasised words alone below it. */
const CAPTION = /(<p><img [^>]*><\/p>\s*)<p><em>((?:(?!<\/?(?:p|em)>)[\s\S])*)<\/em><\/p>/g;

/** Markdown (CommonMark with the tables, tasks, strikes and notes of GitHub) as HTML, which the schema then reads. */
export function readMarkdown(source: string): string {
  // What stands at the beginning for other programs is no text.
  const text = source.replace(/^---\r?\n[\s\S]{0,10000}?\r?\n---\r?\n/, '');
  const html = new Marked({ gfm: true, async: false }, markedFootnote()).parse(text, { async: false });
  return html.replace(NO_HEAD, '').replace(CAPTION, '$1<p data-caption>$2</p>');
}
