import { describe, expect, it } from 'vitest';
import type { PadNode } from './content.ts';
import { toHtml, toHtmlFragment } from './html.ts';
import { toMarkdown } from './markdown.ts';
import { toText } from './text.ts';

const words = (text: string, ...marks: string[]): PadNode => ({
  type: 'text',
  text,
  marks: marks.map((type) => ({ type })),
});
const link = (text: string, href: string): PadNode => ({
  type: 'text',
  text,
  marks: [{ type: 'link', attrs: { href } }],
});
const p = (...content: PadNode[]): PadNode => ({ type: 'paragraph', content });
const node = (type: string, attrs: Record<string, unknown>, ...content: PadNode[]): PadNode => ({
  type,
  attrs,
  content,
});
const doc = (...content: PadNode[]): PadNode => ({ type: 'doc', content });

/** What a callout may hold beside paragraphs. */
const FULL = doc(
  node(
    'callout',
    { kind: 'tip' },
    node(
      'orderedList',
      { start: 3 },
      node('listItem', {}, p(words('un')), node('bulletList', {}, node('listItem', {}, p(words('deux'))))),
    ),
    node(
      'table',
      {},
      node('tableRow', {}, node('tableHeader', {}, p(words('quoi'))), node('tableHeader', {}, p(words('quand')))),
    ),
    node('picture', { alt: 'le port', src: '' }),
  ),
);

it('keeps the lists, tables and pictures of a callout in it', () => {
  expect(toText(FULL)).toBe('| Tip\n| 3. un\n|    - deux\n|\n| quoi\tquand\n|\n| [le port]\n');
  expect(toMarkdown(FULL)).toBe(
    '> [!TIP]\n>\n> 3. un\n>    - deux\n>\n> | quoi | quand |\n> | --- | --- |\n>\n> \\[le port\\]\n',
  );
  expect(toHtmlFragment(FULL)).toMatch(
    /^<aside [^>]*>.*<ol start="3"><li><p>un<\/p><ul><li>deux<\/li><\/ul><\/li><\/ol><table>.*<\/table><figure>.*<\/figure><\/aside>$/,
  );
});

const MEETING = doc(
  node('heading', { level: 2 }, words('Assemblée')),
  p(words('Présents : '), words('Anne', 'bold'), words(' et ', 'bold', 'italic'), words('Bo', 'italic'), words('.')),
  node(
    'bulletList',
    {},
    node('listItem', {}, p(words('pain')), node('orderedList', { start: 3 }, node('listItem', {}, p(words('seigle'))))),
    node('listItem', {}, p(words('eau'))),
  ),
  node(
    'taskList',
    {},
    node('taskItem', { checked: true }, p(words('salle'))),
    node('taskItem', { checked: false }, p(words('clé'))),
  ),
  node('blockquote', {}, p(words('un')), p(words('deux'))),
  node('callout', { kind: 'warning' }, p(words('glace'))),
  node('codeBlock', { language: 'sh' }, words('echo "a" && b')),
  node('horizontalRule', {}),
  node(
    'table',
    {},
    node('tableRow', {}, node('tableHeader', {}, p(words('Qui'))), node('tableHeader', {}, p(words('Quoi')))),
    node('tableRow', {}, node('tableCell', {}, p(words('a|b'))), node('tableCell', {}, p(words('x')), p(words('y')))),
  ),
  p(link('le site', 'https://example.org/'), words(' '), link('mail', 'mailto:a@example.org')),
);

describe('Markdown', () => {
  it('writes every kind of block', () => {
    expect(toMarkdown(MEETING)).toBe(`## Assemblée

Présents : **Anne *et*** *Bo*.

- pain
  3. seigle
- eau

- [x] salle
- [ ] clé

> un
>
> deux

> [!WARNING]
> glace

\`\`\`sh
echo "a" && b
\`\`\`

---

| Qui | Quoi |
| --- | --- |
| a\\|b | x<br>y |

[le site](https://example.org/) [mail](mailto:a@example.org)
`);
  });

  it('keeps text that looks like Markdown as text', () => {
    const text = doc(
      p(words('# no *title* [x](y) `c` <b>')),
      p(words('1. no list')),
      p(words('- no list')),
      p(words('a_b & c')),
    );
    expect(toMarkdown(text)).toBe(
      '\\# no \\*title\\* \\[x\\](y) \\`c\\` \\<b\\>\n\n1\\. no list\n\n\\- no list\n\na\\_b & c\n',
    );
  });

  it('puts code with back-ticks in longer ones, and a fence in a longer fence', () => {
    expect(toMarkdown(doc(p(words('a``b', 'code'))))).toBe('```a``b```\n');
    expect(toMarkdown(doc(node('codeBlock', {}, words('```\nx'))))).toBe('````\n```\nx\n````\n');
  });

  it('keeps two lists in a row apart and drops a link that is not safe', () => {
    const list = () => node('bulletList', {}, node('listItem', {}, p(words('a'))));
    expect(toMarkdown(doc(list(), list()))).toBe('- a\n\n<!-- -->\n\n- a\n');
    expect(toMarkdown(doc(p(link('x', 'javascript:alert(1)'))))).toBe('x\n');
  });

  it('gives a table without header row an empty one', () => {
    const row = node('tableRow', {}, node('tableCell', {}, p(words('a'))));
    expect(toMarkdown(doc(node('table', {}, row)))).toBe('|  |\n| --- |\n| a |\n');
  });
});

describe('HTML', () => {
  it('writes every kind of block', () => {
    expect(toHtmlFragment(MEETING)).toBe(`<h2 dir="auto">Assemblée</h2>
<p dir="auto">Présents : <strong>Anne<em> et </em></strong><em>Bo</em>.</p>
<ul dir="auto"><li><p>pain</p><ol start="3"><li>seigle</li></ol></li><li>eau</li></ul>
<ul dir="auto" data-type="taskList"><li data-type="taskItem" data-checked="true"><input type="checkbox" disabled checked> <div><p>salle</p></div></li><li data-type="taskItem" data-checked="false"><input type="checkbox" disabled> <div><p>clé</p></div></li></ul>
<blockquote dir="auto"><p>un</p><p>deux</p></blockquote>
<aside dir="auto" data-callout="warning"><p data-callout-name dir="auto"><strong>Warning</strong></p><p>glace</p></aside>
<pre dir="auto"><code>echo &quot;a&quot; &amp;&amp; b</code></pre>
<hr>
<table dir="auto"><tr><th>Qui</th><th>Quoi</th></tr><tr><td>a|b</td><td><p>x</p><p>y</p></td></tr></table>
<p dir="auto"><a href="https://example.org/">le site</a> <a href="mailto:a@example.org">mail</a></p>`);
  });

  it('lets no markup of the text or the title through', () => {
    const page = toHtml(
      doc(p(words('<script>x</script>'), link('y', 'https://a.example/"><img>'))),
      '</title><b>',
      'fr',
    );
    expect(page).toContain('<title>&lt;/title&gt;&lt;b&gt;</title>');
    expect(page).toContain('&lt;script&gt;x&lt;/script&gt;');
    expect(page).not.toMatch(/<(script|img|b)>/);
    expect(toHtmlFragment(doc(p(link('x', 'javascript:alert(1)'))))).toBe('<p dir="auto">x</p>');
  });
});

describe('plain text', () => {
  it('keeps the structure readable', () => {
    expect(toText(MEETING)).toBe(`Assemblée

Présents : Anne et Bo.

- pain
  3. seigle
- eau

[x] salle
[ ] clé

> un
>
> deux

| Warning
| glace

echo "a" && b

----

Qui\tQuoi
a|b\tx y

le site (https://example.org/) mail (mailto:a@example.org)
`);
  });

  it('does not repeat an address that the words say', () => {
    expect(toText(doc(p(link('example.org', 'https://example.org/'))))).toBe('example.org\n');
  });
});
