/** A part of code that has a colour: offsets in UTF-16 units. */
export interface Span {
  from: number;
  to: number;
  kind: Kind;
}

export const KINDS = ['word', 'text', 'number', 'comment', 'name', 'mark'] as const;
export type Kind = (typeof KINDS)[number];

/** The classes of highlight.js, as few as a person tells apart. */
const KIND_OF: Readonly<Record<string, Kind>> = {
  keyword: 'word',
  built_in: 'word',
  literal: 'number',
  number: 'number',
  string: 'text',
  regexp: 'text',
  symbol: 'text',
  comment: 'comment',
  doctag: 'comment',
  quote: 'comment',
  title: 'name',
  section: 'name',
  name: 'name',
  attr: 'name',
  attribute: 'name',
  property: 'name',
  'selector-tag': 'name',
  'selector-class': 'name',
  'selector-id': 'name',
  type: 'name',
  variable: 'mark',
  'template-variable': 'mark',
  meta: 'mark',
  tag: 'mark',
  addition: 'text',
  deletion: 'number',
};

/** The tree that lowlight gives (hast): elements with classes, and texts. */
export interface CodeTree {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: readonly unknown[];
}

/** The coloured parts of a tree, in order; of nested ones the innermost. */
export function spansOf(tree: CodeTree): Span[] {
  const spans: Span[] = [];
  let at = 0;
  const visit = (node: CodeTree, kind: Kind | undefined): void => {
    if (node.type === 'text') {
      const from = at;
      at += node.value?.length ?? 0;
      if (kind !== undefined && at > from) spans.push({ from, to: at, kind });
      return;
    }
    const inner = kindOf(node.properties?.className) ?? kind;
    for (const child of node.children ?? []) visit(child as CodeTree, inner);
  };
  visit(tree, undefined);
  return spans;
}

function kindOf(className: unknown): Kind | undefined {
  const [first] = Array.isArray(className) ? className : [];
  return typeof first === 'string' ? KIND_OF[first.replace(/^hljs-/, '')] : undefined;
}

/** The languages that people choose from, by the names that highlight.js and Markdown know them by. */
export const CODE_LANGUAGES: readonly (readonly [id: string, name: string])[] = [
  ['bash', 'Bash'],
  ['c', 'C'],
  ['cpp', 'C++'],
  ['csharp', 'C#'],
  ['css', 'CSS'],
  ['diff', 'Diff'],
  ['go', 'Go'],
  ['xml', 'HTML, XML'],
  ['ini', 'INI, TOML'],
  ['java', 'Java'],
  ['javascript', 'JavaScript'],
  ['json', 'JSON'],
  ['kotlin', 'Kotlin'],
  ['lua', 'Lua'],
  ['markdown', 'Markdown'],
  ['perl', 'Perl'],
  ['php', 'PHP'],
  ['python', 'Python'],
  ['r', 'R'],
  ['ruby', 'Ruby'],
  ['rust', 'Rust'],
  ['sql', 'SQL'],
  ['swift', 'Swift'],
  ['typescript', 'TypeScript'],
  ['yaml', 'YAML'],
];
