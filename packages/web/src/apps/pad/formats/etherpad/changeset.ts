/** What Etherpad writes for each change: `Z:oldLength>growth` then operations, `$`, and the signs that come in; numbers to the base of 36. */
import { Refusal } from '../refusal.ts';

export interface Operation {
  /** Adds, drops, or keeps. */
  kind: '+' | '-' | '=';
  /** UTF-16 units. */
  length: number;
  /** Line ends among them; when there are any, the last unit is one. */
  lines: number;
  /** Numbers in the pool. */
  attributes: readonly number[];
}

export interface Changeset {
  /** Lengths of the text, in UTF-16 units. */
  before: number;
  after: number;
  operations: readonly Operation[];
  /** What comes in. */
  signs: string;
}

/** Six digits are 2,176,782,335: more than any text. */
const HEAD = /^Z:([0-9a-z]{1,6})([<>])([0-9a-z]{1,6})/;
const OPERATION = /((?:\*[0-9a-z]{1,6})*)(?:\|([0-9a-z]{1,6}))?([-+=])([0-9a-z]{1,6})/y;

const fromBase36 = (digits: string | undefined): number => Number.parseInt(digits ?? '0', 36);

/** Throws `Refusal`: `broken`. Whether it fits a text is seen when it is applied. */
export function readChangeset(source: string): Changeset {
  const head = HEAD.exec(source);
  const end = source.indexOf('$');
  if (head === null || end < 0) throw new Refusal('broken');
  const before = fromBase36(head[1]);
  const growth = fromBase36(head[3]) * (head[2] === '<' ? -1 : 1);
  const operations = readOperations(source.slice(head[0].length, end));
  const changeset = { before, after: before + growth, operations, signs: source.slice(end + 1) };
  const [added, dropped, kept] = (['+', '-', '='] as const).map((kind) =>
    operations.reduce((sum, operation) => sum + (operation.kind === kind ? operation.length : 0), 0),
  ) as [number, number, number];
  const isWhole = added === changeset.signs.length && added - dropped === growth && dropped + kept <= before;
  if (!isWhole) throw new Refusal('broken');
  return changeset;
}

/** The operations alone, as the attributes of a whole text are written, too. */
export function readOperations(source: string): Operation[] {
  const operations: Operation[] = [];
  OPERATION.lastIndex = 0;
  let read = 0;
  for (let found = OPERATION.exec(source); found !== null; found = OPERATION.exec(source)) {
    const [whole, numbers = '', lines, kind, length] = found;
    read += whole.length;
    operations.push({
      kind: kind as Operation['kind'],
      length: fromBase36(length),
      lines: fromBase36(lines),
      attributes: numbers.split('*').slice(1).map(fromBase36),
    });
  }
  if (read !== source.length) throw new Refusal('broken');
  return operations;
}
