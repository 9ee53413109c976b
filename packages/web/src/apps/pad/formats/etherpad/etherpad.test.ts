import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { authorNotes, readNote } from '../../model/authors.ts';
import type { PadNode } from '../../model/content.ts';
import { childrenOf } from '../../model/content.ts';
import { type PastDrawing, plainPast } from '../../model/past-text.ts';
import { Timeline } from '../../model/timeline.ts';
import { Refusal } from '../refusal.ts';
import { AttributePool } from './attributes.ts';
import { readChangeset } from './changeset.ts';
import { readEtherpadFile } from './file.ts';
import { endsOf, lastMoment, MOMENTS_MAX, readMoments } from './moments.ts';
import { type Line, PadText } from './pad-text.ts';
import { makeUpdates } from './updates.ts';

/** Written by Etherpad 1.8.14's own code: two authors and a chat; 600 random edits by three. */
const fixture = (name: string): string =>
  readFileSync(new URL(`../../../../../../../e2e/fixtures/${name}.etherpad`, import.meta.url), 'utf8');
const parsedFixture = (name: string): Record<string, Record<string, unknown>> => JSON.parse(fixture(name));

const quiet = (): void => undefined;
const reasonOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'none';
};
const historyReason = (source: unknown): string =>
  reasonOf(() => readMoments(readEtherpadFile(JSON.stringify(source)), quiet));

/** The words of each line, without the sign that Etherpad begins lists with. */
const wordsOf = (lines: readonly Line[]): string[] =>
  lines
    .map(({ runs }) => {
      const text = runs.map(({ text }) => text).join('');
      return runs[0]?.attributes.has('lmkr') && text.startsWith('*') ? text.slice(1) : text;
    })
    .slice(0, lines.at(-1)?.length === 1 ? -1 : undefined);

const leaves = (node: PadNode): PadNode[] =>
  node.type === 'paragraph' || node.type === 'heading' ? [node] : childrenOf(node).flatMap(leaves);
const textOf = (node: PadNode): string => node.text ?? childrenOf(node).map(textOf).join('');
/** Lists that begin deeper than in the first level stand in an empty item. */
const paddedWords = (drawing: PastDrawing): string[] => leaves(plainPast(drawing)).map(textOf);
const full = (words: readonly string[]): string[] => words.filter((line) => line !== '');

function broughtIn(name: string, withHistory: boolean, before = new Y.Doc(), isEmpty = true) {
  const file = readEtherpadFile(fixture(name));
  const moments = withHistory ? readMoments(file, quiet) : [lastMoment(file)];
  const state = Y.encodeStateAsUpdate(before);
  const wish = { state, isEmpty, authors: file.authors, moments, withHistory, seed: 'test' };
  const updates = [...makeUpdates(wish)];
  const ydoc = before;
  for (const update of updates) Y.applyUpdate(ydoc, update);
  const timeline = new Timeline();
  timeline.add([{ session: 'x', n: 0, update: state }, ...updates.map((update, n) => ({ session: 's', n, update }))]);
  timeline.finish(Y.encodeStateAsUpdate(ydoc), 999);
  return { file, moments, updates, ydoc, timeline };
}

/** Every sign of the text with the name of its author, as Yjs has it. */
function signsOf(ydoc: Y.Doc): string[] {
  const names = new Map(
    [...authorNotes(ydoc)].map(([key, value]) => [Number(key), readNote(value, Number(key)).name] as const),
  );
  const walk = (parent: Y.XmlFragment | Y.XmlElement): string[] =>
    parent.toArray().flatMap((child) => {
      if (child instanceof Y.XmlElement) return walk(child);
      const found: string[] = [];
      if (!(child instanceof Y.XmlText)) return found;
      for (let item = child._start; item !== null; item = item.right) {
        if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
        const { client } = item.id;
        found.push(...[...item.content.str].map((sign) => `${sign} ${names.get(client) ?? ''}`));
      }
      return found;
    });
  return walk(ydoc.getXmlFragment('pad'));
}

describe('a changeset of Etherpad', () => {
  it('leads to the text that Etherpad kept at each hundredth revision, signs and attributes', () => {
    const parsed = parsedFixture('random');
    const file = readEtherpadFile(fixture('random'));
    const text = new PadText(file.pool);
    let compared = 0;
    for (const [number, { changeset }] of file.revisions().entries()) {
      text.apply(readChangeset(changeset));
      const { atext } = (parsed[`pad:random:revs:${number}`]?.meta ?? {}) as {
        atext?: { text: string; attribs: string };
      };
      if (atext === undefined) continue;
      const kept = lastMoment({ ...file, ...atext });
      const shape = (lines: readonly Line[]) =>
        lines.map(({ runs }) => runs.flatMap((run) => [...run.text].map((sign) => [sign, [...run.attributes]])));
      expect(text.text).toBe(atext.text);
      expect(shape(text.lines)).toEqual(shape(kept.lines));
      compared += 1;
    }
    expect(compared).toBe(7);
  });

  it('does to any text what a splice does, and lines that it does not touch stay the same objects', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\n', ' '), maxLength: 12 });
    const edits = fc.array(fc.record({ at: fc.nat(), gone: fc.nat(8), come: words }), { maxLength: 30 });
    void fc.assert(
      fc.property(edits, (all) => {
        const text = new PadText(new AttributePool(new Map()));
        let model = '\n';
        for (const { at, gone, come } of all) {
          const from = at % model.length;
          const to = Math.min(model.length - 1, from + gone);
          const before = text.lines;
          text.apply(readChangeset(splice(model, from, to, come)));
          model = model.slice(0, from) + come + model.slice(to);
          expect(text.text).toBe(model);
          expect(text.length).toBe(model.length);
          const ids = text.lines.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
          const untouched = model.slice(0, from).split('\n').length - 1;
          expect(text.lines.slice(0, untouched).every((line, index) => line === before[index])).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never breaks in another way than by a refusal, whatever it says', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '2', 'a', 'z'), minLength: 1, maxLength: 7 });
    const operation = fc.tuple(
      fc.constantFrom('', '*0', '*9', '*'),
      fc.constantFrom('', '|'),
      digits,
      fc.constantFrom('+', '-', '=', '?'),
      digits,
    );
    const any = fc
      .tuple(
        digits,
        fc.constantFrom('>', '<', '='),
        digits,
        fc.array(operation, { maxLength: 4 }),
        fc.string({ maxLength: 6 }),
      )
      .map(([before, turn, growth, all, signs]) => {
        const said = all.map(
          ([attribute, bar, lines, kind, length]) => `${attribute}${bar}${bar && lines}${kind}${length}`,
        );
        return `Z:${before}${turn}${growth}${said.join('')}$${signs}`;
      });
    void fc.assert(
      fc.property(any, (source) => {
        const text = new PadText(new AttributePool(new Map([[0, ['bold', 'true']]])));
        text.apply(readChangeset('Z:1>8|2+8$one\ntwo\n'));
        const reason = reasonOf(() => text.apply(readChangeset(source)));
        expect(['none', 'broken']).toContain(reason);
        if (reason === 'none') expect(text.text.length).toBe(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a wrong length before', 'Z:2>1+1$x'],
    ['more than there is', 'Z:1<2-3$'],
    ['a line end that is not counted', 'Z:1>2+2$x\n'],
    ['a line end that is none', 'Z:1>1|1+1$x'],
    ['signs that are left over', 'Z:1>1+1$xy'],
    ['a length that is not so', 'Z:1>2+1$x'],
    ['an attribute that nobody named', 'Z:1>1*7+1$x'],
    ['no last line end', 'Z:1<1|1-1$'],
    ['a number without end', 'Z:1>zzzzzzzzzz+1$x'],
    ['nothing', ''],
  ])('with %s is refused', (_what, source) => {
    const text = new PadText(new AttributePool(new Map()));
    expect(reasonOf(() => text.apply(readChangeset(source)))).toBe('broken');
  });
});

/** What Etherpad's editor writes for one replacement. */
function splice(text: string, from: number, to: number, come: string): string {
  const written = (kind: string, piece: string): string => {
    const end = piece.lastIndexOf('\n') + 1;
    const [whole, rest] = [piece.slice(0, end), piece.slice(end)];
    const lines = whole.split('\n').length - 1;
    return `${whole && `|${lines.toString(36)}${kind}${whole.length.toString(36)}`}${rest && `${kind}${rest.length.toString(36)}`}`;
  };
  const growth = come.length - (to - from);
  const turn = `${growth < 0 ? '<' : '>'}${Math.abs(growth).toString(36)}`;
  const operations = written('=', text.slice(0, from)) + written('-', text.slice(from, to)) + written('+', come);
  return `Z:${text.length.toString(36)}${turn}${operations}$${come}`;
}

describe('a file of Etherpad', () => {
  it('comes in with its text, marks, lists and links, each sign by its author', () => {
    const { ydoc, file, updates } = broughtIn('reunion', false);
    expect(updates.length).toBe(1);
    expect(ydoc.getXmlFragment('pad').toString()).toBe(
      '<paragraph><bold>Ordre du jour</bold></paragraph><paragraph>Compte et budget</paragraph>' +
        '<bulletlist><listitem><paragraph>pain</paragraph></listitem><listitem><paragraph>eau, sel 🧂 ' +
        '<link href="https://example.org/liste">https://example.org/liste</link></paragraph></listitem></bulletlist>',
    );
    const signs = signsOf(ydoc);
    expect(signs.slice(0, 2)).toEqual(['O Anna', 'r Anna']);
    expect(
      signs
        .filter((sign) => sign.endsWith(' Bo'))
        .map((sign) => sign[0])
        .join(''),
    ).toBe('et budgetpaineau');
    expect(file.authors.map(({ name, colour }) => [name, colour])).toEqual([
      ['Anna', 1],
      ['Bo', 10],
    ]);
    expect(readNote(authorNotes(ydoc).values().next().value, 0).source).toBe('etherpad');
    expect(file.chat.map(({ text }) => text)).toEqual(['On commence ?', 'Oui !']);
  });

  it('stands behind what the pad has already', () => {
    const before = new Y.Doc();
    const own = new Y.XmlElement('paragraph');
    own.insert(0, [new Y.XmlText('Mine')]);
    before.getXmlFragment('pad').insert(0, [own]);
    const { ydoc } = broughtIn('reunion', true, before, false);
    expect(ydoc.getXmlFragment('pad').toString()).toMatch(
      /^<paragraph>Mine<\/paragraph><paragraph><bold>Ordre du jour/,
    );
  });

  it('brings its history: authors in turn, the dates of the file, saved revisions as named moments', () => {
    const { timeline, moments } = broughtIn('reunion', true);
    const steps = timeline.moments().slice(1);
    const people = timeline.people;
    expect(steps.map(({ person, claimed }) => [people[person]?.name, claimed !== undefined])).toEqual([
      ['Anna', true],
      ['Bo', true],
      ['Anna', true],
    ]);
    expect(people[steps[0]?.person ?? 0]?.source).toBe('etherpad');
    expect(new Date((steps[0]?.claimed ?? 0) * 1000).toISOString()).toMatch(/^2019-05-03T09:0/);
    // When it came in is not what the file says.
    expect(steps.map(({ at }) => at)).toEqual([0, 0, 0]);
    expect(timeline.versions().map(({ name, step }) => [name, step])).toEqual([['Avant relecture', 3]]);
    expect(moments.map(({ lines }) => wordsOf(lines)[1])).toEqual(['Bilan ', 'Bilan et budget', 'Compte et budget']);
    const between = timeline.at(4, 3);
    expect([between.added, between.removed]).toEqual([
      'Compte, sel 🧂 https://example.org/liste'.length,
      'Bilan'.length,
    ]);
  });

  it('of 600 edits has at each moment the text that it had, and in the end each sign by its author', () => {
    const { timeline, moments, ydoc, file } = broughtIn('random', true);
    // The first revision of a pad changes nothing.
    expect(moments.length).toBe(MOMENTS_MAX - 1);
    for (const [index, { lines }] of moments.entries()) {
      const step = timeline.moments().length - moments.length + index + 1;
      expect(full(paddedWords(timeline.at(step))), String(index)).toEqual(full(wordsOf(lines)));
    }
    const names = new Map(file.authors.map(({ id, name }) => [id, name]));
    const expected = (moments.at(-1)?.lines ?? []).flatMap(({ runs }) =>
      runs.flatMap(({ text, attributes }, index) => {
        const words = index === 0 && attributes.has('lmkr') && text.startsWith('*') ? text.slice(1) : text;
        return [...words].map((sign) => `${sign} ${names.get(attributes.get('author') ?? '') ?? ''}`);
      }),
    );
    expect(signsOf(ydoc)).toEqual(expected);
    const whole = broughtIn('random', false);
    expect(ydoc.getXmlFragment('pad').toString()).toBe(whole.ydoc.getXmlFragment('pad').toString());
    expect(signsOf(whole.ydoc)).toEqual(expected);
  });

  it('whose importer writes on afterwards does not take the words of the one for those of the other', () => {
    const { updates, ydoc } = broughtIn('reunion', false);
    const timeline = new Timeline();
    ydoc.clientID = 77;
    const before = Y.encodeStateVector(ydoc);
    ydoc.getText('title').insert(0, 'Mine');
    const mine = Y.encodeStateAsUpdate(ydoc, before);
    timeline.add([...updates, mine].map((update, n) => ({ session: 's', n, update })));
    timeline.finish(Y.encodeStateAsUpdate(ydoc), 77);
    const last = timeline.moments().at(-1);
    expect(timeline.people[last?.person ?? 0]?.source).toBeUndefined();
  });
});

describe('the moments of a history', () => {
  const revision = (author: string, minute: number) => ({ changeset: 'Z:1>0$', author, at: minute * 60_000 + 1 });

  it('end where somebody else writes, after a pause, and where they were named', () => {
    const all = [revision('a', 0), revision('a', 1), revision('b', 2), revision('b', 9), revision('b', 10)];
    expect([...endsOf(all, new Map())].sort()).toEqual([1, 2, 4]);
    expect([...endsOf(all, new Map([[3, 'x']]))].sort()).toEqual([1, 2, 3, 4]);
  });

  it('are bounded: the longest pauses and the names stay', () => {
    const all = Array.from({ length: 5000 }, (_, number) =>
      revision(number % 2 ? 'a' : 'b', number + (number > 2000 ? 60 : 0)),
    );
    const ends = endsOf(all, new Map([[7, 'x']]));
    expect(ends.size).toBe(MOMENTS_MAX);
    expect([7, 2000, 4999].every((number) => ends.has(number))).toBe(true);
  });
});

describe('a file that is not what it should be', () => {
  const good = (): Record<string, unknown> => JSON.parse(fixture('reunion'));
  const pad = (changes: object): Record<string, unknown> => {
    const file = good();
    return { ...file, 'pad:reunion': { ...(file['pad:reunion'] as object), ...changes } };
  };

  it.each([
    ['a billion revisions', () => pad({ head: 1e9 }), 'broken'],
    ['a revision that is missing', () => ({ ...good(), 'pad:reunion:revs:9': undefined }), 'broken'],
    ['a revision that is a number', () => ({ ...good(), 'pad:reunion:revs:9': { changeset: 9 } }), 'broken'],
    [
      'two revisions in each other’s place',
      () => {
        const file = good();
        return {
          ...file,
          'pad:reunion:revs:9': file['pad:reunion:revs:10'],
          'pad:reunion:revs:10': file['pad:reunion:revs:9'],
        };
      },
      'broken',
    ],
    ['fewer revisions than lead to the text', () => pad({ head: 20 }), 'broken'],
    [
      'a text that grows beyond all bounds',
      () => {
        const signs = 'x'.repeat(2_100_000);
        const length = signs.length.toString(36);
        return { ...good(), 'pad:reunion:revs:0': { changeset: `Z:1>${length}+${length}$${signs}` } };
      },
      'tooLarge',
    ],
  ])('keeps its history to itself: %s', (_what, make, reason) => {
    const file = make();
    expect(historyReason(file)).toBe(reason);
    // Its text comes in all the same.
    expect(lastMoment(readEtherpadFile(JSON.stringify(file))).lines.length).toBe(4);
  });

  it.each([
    ['no JSON', '{', 'broken'],
    ['no pad', '{"globalAuthor:a.x":{"name":"x"}}', 'broken'],
    ['a pad that is a list', '{"pad:x":[]}', 'broken'],
    ['no line end', JSON.stringify({ 'pad:x': { atext: { text: 'x', attribs: '+1' } } }), 'broken'],
    ['attributes beyond the text', JSON.stringify({ 'pad:x': { atext: { text: 'x\n', attribs: '|1+9' } } }), 'broken'],
    ['an attribute of nobody', JSON.stringify({ 'pad:x': { atext: { text: 'x\n', attribs: '*4|1+2' } } }), 'broken'],
    [
      'a pool that never ends',
      JSON.stringify({
        'pad:x': {
          atext: { text: '\n', attribs: '|1+1' },
          pool: { numToAttrib: Object.fromEntries(Array.from({ length: 100_001 }, (_, n) => [n, ['a', 'b']])) },
        },
      }),
      'tooLarge',
    ],
  ])('is refused: %s', (_what, source, reason) => {
    expect(reasonOf(() => lastMoment(readEtherpadFile(source)))).toBe(reason);
  });

  it('may have names of prototypes, which are names like any other', () => {
    const source = `{"__proto__":{"polluted":1},"pad:__proto__":{"__proto__":{"head":3},"atext":{"text":"x\\n","attribs":"*0*1*2|1+2"},"pool":{"numToAttrib":{"0":["__proto__","true"],"1":["author","__proto__"],"2":["author","constructor"]}},"head":0},"pad:__proto__:revs:0":{"changeset":"Z:1>1+1$x","meta":{"author":"constructor"}},"globalAuthor:__proto__":{"name":"__proto__","colorId":"__proto__"}}`;
    const file = readEtherpadFile(source);
    expect(file.authors.map(({ name }) => name)).toEqual(['__proto__', '']);
    const wish = {
      state: Y.encodeStateAsUpdate(new Y.Doc()),
      isEmpty: true,
      authors: file.authors,
      withHistory: true,
      seed: 'test',
    };
    const updates = [...makeUpdates({ ...wish, moments: readMoments(file, quiet) })];
    expect(updates.length).toBe(1);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
