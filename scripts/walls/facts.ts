// What the walls need to know of one source file: what it imports, and which guarded things it mentions.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { parseSync } from 'rolldown/utils';

/** A source file of the repository: its path from the root with `/`, and its text. */
export type Source = { path: string; text: string };
export type Import = { specifier: string; line: number; typeOnly: boolean };
export type Mention = { name: string; line: number };
export type Facts = { path: string; imports: Import[]; mentions: Mention[]; errors: string[] };

type Node = { type: string; start: number } & Record<string, unknown>;

/** Globals by which a page reaches the network or keeps something. */
export const REACH = [
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'fetch',
  'sendBeacon',
  'localStorage',
  'sessionStorage',
  'indexedDB',
];
const WINDOWS = ['window', 'globalThis', 'self', 'document', 'navigator'];
/** Members of `location` that contain the fragment of the address. */
const FRAGMENT_MEMBERS = ['hash', 'href', 'toString'];

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';

const literal = (value: unknown): string | undefined => {
  if (!isNode(value)) return undefined;
  if (value.type === 'Literal' && typeof value.value === 'string') return value.value;
  const quasis = value.type === 'TemplateLiteral' ? (value.quasis as { value: { cooked: string } }[]) : [];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
};

const identifier = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Identifier' ? (value.name as string) : undefined;

/** The name of a member: `a.name` and `a['name']`. */
const memberName = (node: Node): string | undefined =>
  node.computed === true ? literal(node.property) : identifier(node.property);

/** Whether an expression is the named global, bare or as a member of the window. */
function isGlobal(value: unknown, name: string): boolean {
  if (identifier(value) === name) return true;
  if (!isNode(value) || value.type !== 'MemberExpression') return false;
  return memberName(value) === name && WINDOWS.includes(identifier(value.object) ?? '');
}

function memberMention(node: Node): string | undefined {
  const name = memberName(node) ?? '';
  if (name === 'env' && isGlobal(node.object, 'process')) return 'process.env';
  if (FRAGMENT_MEMBERS.includes(name) && isGlobal(node.object, 'location')) return 'location.hash';
  if (['URL', 'documentURI'].includes(name) && identifier(node.object) === 'document') return 'location.hash';
  if (REACH.includes(name) && WINDOWS.includes(identifier(node.object) ?? '')) return name;
  return undefined;
}

/** `const { env } = process`, `const { hash } = location`, `const { fetch } = window`. */
function destructured(node: Node): string[] {
  if (!isNode(node.id) || node.id.type !== 'ObjectPattern') return [];
  const names = (node.id.properties as Node[]).map((property) => identifier(property.key) ?? '');
  return names.flatMap((name) => {
    if (name === 'env' && isGlobal(node.init, 'process')) return ['process.env'];
    if (FRAGMENT_MEMBERS.includes(name) && isGlobal(node.init, 'location')) return ['location.hash'];
    return REACH.includes(name) && WINDOWS.includes(identifier(node.init) ?? '') ? [name] : [];
  });
}

function importOf(node: Node): Omit<Import, 'line'> | undefined {
  const typeOnly = node.importKind === 'type' || node.exportKind === 'type';
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression': {
      const specifier = literal(node.source);
      return specifier === undefined ? undefined : { specifier, typeOnly };
    }
    case 'TSImportType': {
      const specifier = literal(node.source);
      return specifier === undefined ? undefined : { specifier, typeOnly: true };
    }
    case 'CallExpression': {
      const specifier = identifier(node.callee) === 'require' ? literal((node.arguments as unknown[])[0]) : undefined;
      return specifier === undefined ? undefined : { specifier, typeOnly: false };
    }
    default:
      return undefined;
  }
}

/** Keys and member names are words, not references to the global of that name. */
function isReference(parent: Node | undefined, key: string): boolean {
  if (parent === undefined || parent.computed === true) return true;
  if (key === 'property') return parent.type !== 'MemberExpression';
  return key !== 'key' || parent.shorthand === true;
}

const isEmptyBlock = (value: unknown): boolean =>
  isNode(value) && value.type === 'BlockStatement' && (value.body as Node[]).length === 0;

/** `promise.catch(() => {})` */
function isSilentHandler(node: Node): boolean {
  const [handler] = node.arguments as unknown[];
  const isCatch = isNode(node.callee) && node.callee.type === 'MemberExpression' && memberName(node.callee) === 'catch';
  return isCatch && isNode(handler) && isEmptyBlock(handler.body);
}

function mentionsOf(node: Node, parent: Node | undefined, key: string): string[] {
  switch (node.type) {
    case 'Identifier': {
      const name = node.name as string;
      return REACH.includes(name) && isReference(parent, key) ? [name] : [];
    }
    case 'MemberExpression': {
      // `location.href = …` goes somewhere; it reads nothing.
      if (parent?.type === 'AssignmentExpression' && key === 'left' && parent.operator === '=') return [];
      return [memberMention(node)].filter((name) => name !== undefined);
    }
    case 'VariableDeclarator':
      return destructured(node);
    case 'CatchClause':
      return isEmptyBlock(node.body) ? ['silent catch'] : [];
    case 'CallExpression':
      return isSilentHandler(node) ? ['silent catch'] : [];
    case 'ImportSpecifier':
      return identifier(node.imported) === 'env' && /^(node:)?process$/.test(literal(parent?.source) ?? '')
        ? ['process.env']
        : [];
    default:
      return [];
  }
}

export function readFacts({ path, text }: Source): Facts {
  const { program, errors } = parseSync(path, text);
  const facts: Facts = { path, imports: [], mentions: [], errors: errors.map((error) => error.message) };
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const visit = (node: Node, parent: Node | undefined, key: string): void => {
    const found = importOf(node);
    if (found) facts.imports.push({ ...found, line: lineOf(node.start) });
    for (const name of mentionsOf(node, parent, key)) facts.mentions.push({ name, line: lineOf(node.start) });
    for (const [childKey, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, node, childKey);
    }
  };
  if (isNode(program)) visit(program, undefined, '');
  return facts;
}

export const isRelative = (specifier: string): boolean => specifier.startsWith('.') || specifier.startsWith('/');

/** The path from the root that a relative import means, without a query such as `?raw`. */
export const targetOf = (path: string, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(path), specifier.replace(/[?#].*$/, '')));

/** The package that a specifier names, or undefined for a relative path and for Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  const isBuiltin = specifier.startsWith('node:') || builtinModules.includes(specifier);
  if (isRelative(specifier) || isBuiltin || specifier.startsWith('virtual:')) return undefined;
  return specifier
    .replace(/\?.*$/, '')
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
