import { Refusal } from '../refusal.ts';
import { type AttributePool, type Attributes, NO_ATTRIBUTES } from './attributes.ts';
import type { Changeset, Operation } from './changeset.ts';

/** Signs that came in together and look the same; sign `n` of it has the id `first + n`. */
export interface Run {
  first: number;
  text: string;
  attributes: Attributes;
}

/** The same line has the same `id` through the whole history: where one is cut, its beginning keeps it. A line never changes, another takes its place. */
export interface Line {
  id: number;
  runs: readonly Run[];
  /** UTF-16 units with its end. */
  length: number;
}

/** The text of a pad of Etherpad, as changesets change it. Every sign keeps its id for as long as it stands. */
export class PadText {
  #lines: readonly Line[] = [{ id: 0, runs: [], length: 1 }];
  #length = 1;
  #nextId = 1;
  readonly #pool: AttributePool;

  constructor(pool: AttributePool) {
    this.#pool = pool;
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** UTF-16 units, the last line end among them. */
  get length(): number {
    return this.#length;
  }

  get text(): string {
    return this.#lines.map(({ runs }) => `${runs.map(({ text }) => text).join('')}\n`).join('');
  }

  /** Throws `Refusal`: `broken`, when it is none of this text. */
  apply({ before, after, operations, signs }: Changeset): void {
    if (before !== this.#length) throw new Refusal('broken');
    if (operations.length === 0) return;
    const edit = new Edit(this.#lines, this.#pool);
    let at = 0;
    for (const operation of operations) {
      if (operation.kind !== '+') {
        edit.pass(operation);
        continue;
      }
      edit.add(operation, signs.slice(at, at + operation.length), this.#nextId);
      at += operation.length;
      this.#nextId += operation.length;
    }
    this.#lines = edit.end();
    this.#length = after;
  }
}

const endsIn = (text: string): number => text.split('\n').length - 1;

/** One changeset on its way through the lines. */
class Edit {
  readonly #before: readonly Line[];
  readonly #pool: AttributePool;
  readonly #after: Line[] = [];
  /** The line that is being made. */
  #open: Run[] = [];
  /** It is no longer a piece of the line that the place is in, from its beginning. */
  #isChanged = false;
  /** The id of the line whose beginning it has. */
  #id: number | undefined;
  /** What is left of the line that the place is in has this one, since its beginning took its own. */
  #restId: number | undefined;
  /** The place: which line, which of its units. */
  #line = 0;
  #unit = 0;

  constructor(before: readonly Line[], pool: AttributePool) {
    this.#before = before;
    this.#pool = pool;
  }

  add({ lines, attributes: numbers }: Operation, text: string, firstId: number): void {
    if (endsIn(text) !== lines || (lines > 0 && !text.endsWith('\n'))) throw new Refusal('broken');
    const attributes = this.#pool.change(NO_ATTRIBUTES, numbers);
    let first = firstId;
    for (const [index, piece] of text.split('\n').entries()) {
      if (index > 0) {
        this.#endHere(first);
        first += 1;
      }
      if (piece !== '') {
        this.#push({ first, text: piece, attributes });
        this.#isChanged = true;
      }
      first += piece.length;
    }
  }

  /** A line end comes in. */
  #endHere(id: number): void {
    const line = this.#before[this.#line];
    const own = this.#id;
    this.#close(own ?? id);
    if (own !== undefined && own === (this.#restId ?? line?.id)) this.#restId = id;
    this.#isChanged = this.#unit > 0;
  }

  /** Keeps or drops. */
  pass({ kind, length, lines, attributes }: Operation): void {
    let left = length;
    let ends = lines;
    if (kind === '=' && attributes.length === 0) [left, ends] = this.#keepLines(left, ends);
    while (left > 0) {
      const line = this.#before[this.#line];
      if (line === undefined) throw new Refusal('broken');
      const rest = line.length - 1 - this.#unit;
      const count = Math.min(left, rest);
      this.#passSigns(line, count, kind, attributes);
      left -= count;
      if (left === 0) break;
      left -= 1;
      ends -= 1;
      this.#passEnd(line, kind);
    }
    const isAtStart = this.#unit === 0;
    if (ends !== 0 || (lines > 0 && !isAtStart)) throw new Refusal('broken');
  }

  /** What nothing changes is kept as it is. */
  #keepLines(length: number, ends: number): [left: number, ends: number] {
    if (this.#open.length > 0 || this.#isChanged || this.#unit > 0) return [length, ends];
    let left = length;
    let count = 0;
    for (; count < ends; count += 1) {
      const line = this.#before[this.#line + count];
      if (line === undefined || line.length > left) break;
      left -= line.length;
    }
    this.#copy(count);
    return [left, ends - count];
  }

  #copy(count: number): void {
    for (let index = 0; index < count; index += 1) this.#after.push(this.#before[this.#line + index] as Line);
    this.#line += count;
  }

  #passSigns(line: Line, count: number, kind: Operation['kind'], numbers: readonly number[]): void {
    if (count === 0) return;
    const end = this.#unit + count;
    let at = 0;
    for (const run of line.runs) {
      const [from, to] = [Math.max(this.#unit, at), Math.min(end, at + run.text.length)];
      if (from < to && kind === '=') {
        const attributes = this.#pool.change(run.attributes, numbers);
        this.#id ??= this.#restId ?? line.id;
        this.#push({ first: run.first + from - at, text: run.text.slice(from - at, to - at), attributes });
      }
      at += run.text.length;
      if (at >= end) break;
    }
    if (kind === '-' || numbers.length > 0) this.#isChanged = true;
    this.#unit = end;
  }

  #passEnd(line: Line, kind: Operation['kind']): void {
    const id = this.#id ?? this.#restId ?? line.id;
    this.#line += 1;
    this.#unit = 0;
    this.#restId = undefined;
    if (kind === '-') {
      this.#isChanged = true;
      return;
    }
    if (this.#isChanged) this.#close(id);
    else this.#after.push(line);
    this.#open = [];
    this.#id = undefined;
    this.#isChanged = false;
  }

  #close(id: number): void {
    const length = this.#open.reduce((sum, { text }) => sum + text.length, 1);
    this.#after.push({ id, runs: this.#open, length });
    this.#open = [];
    this.#id = undefined;
  }

  #push(run: Run): void {
    const last = this.#open.at(-1);
    const goesOn = last?.attributes === run.attributes && last.first + last.text.length === run.first;
    if (last !== undefined && goesOn) this.#open[this.#open.length - 1] = { ...last, text: last.text + run.text };
    else this.#open.push(run);
  }

  /** What no operation named stays. A text ends with a line end. */
  end(): readonly Line[] {
    const line = this.#before[this.#line];
    if (line === undefined) {
      if (this.#open.length > 0 || this.#after.length === 0) throw new Refusal('broken');
      return this.#after;
    }
    if (this.#open.length > 0 || this.#isChanged || this.#unit > 0) {
      this.#passSigns(line, line.length - 1 - this.#unit, '=', []);
      this.#passEnd(line, '=');
    }
    this.#copy(this.#before.length - this.#line);
    return this.#after;
  }
}
