import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { MAX_SIGNS } from './ages.ts';
import { keepNote } from './authors.ts';
import type { PadNode } from './content.ts';
import { childrenOf } from './content.ts';
import { type PastBlock, pastDoc, plainPast } from './past-text.ts';
import { toText } from './text.ts';
import { Timeline } from './timeline.ts';
import { nameVersion } from './versions.ts';

/** A pad whose every change is a step. */
function recorded(client = 1): { ydoc: Y.Doc; steps: Uint8Array[]; text: Y.XmlText } {
  const ydoc = new Y.Doc();
  ydoc.clientID = client;
  const steps: Uint8Array[] = [];
  ydoc.on('update', (update: Uint8Array) => steps.push(update));
  const paragraph = new Y.XmlElement('paragraph');
  const text = new Y.XmlText();
  ydoc.transact(() => {
    ydoc.getXmlFragment('pad').insert(0, [paragraph]);
    paragraph.insert(0, [text]);
  });
  return { ydoc, steps, text };
}

function timelineOf(updates: readonly Uint8Array[], state?: Y.Doc, sessions: readonly string[] = []): Timeline {
  const timeline = new Timeline();
  timeline.add(updates.map((update, n) => ({ session: sessions[n] ?? 's', n, update })));
  timeline.finish(state === undefined ? Y.encodeStateAsUpdate(new Y.Doc()) : Y.encodeStateAsUpdate(state), 999);
  return timeline;
}

const wordsOf = (node: PadNode): string => node.text ?? childrenOf(node).map(wordsOf).join('');
const plain = (timeline: Timeline, step: number): string => wordsOf(plainPast(timeline.at(step)));

/** Pieces with what happened to them: `+added`, `-removed`, `kept`. */
function changes(timeline: Timeline, since: number, step: number): string[] {
  const signs = { added: '+', removed: '-', '': '' };
  const pieces = (node: PadNode): string[] => {
    const past = node.marks?.find(({ type }) => type === 'past')?.attrs as { change: keyof typeof signs } | undefined;
    return past === undefined ? childrenOf(node).flatMap(pieces) : [signs[past.change] + node.text];
  };
  return pieces(pastDoc(timeline.at(step, since)));
}

describe('the past of a pad', () => {
  it('shows what was there at each moment of a recorded session of 19,000 edits', () => {
    const file = new URL('../../../../../../testdata/editing-traces/sveltecomponent.json.gz', import.meta.url);
    const { txns } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
      txns: { patches: [number, number, string][] }[];
    };
    const { ydoc, steps, text } = recorded();
    const then: string[] = [''];
    for (const { patches } of txns) {
      ydoc.transact(() => {
        for (const [position, removed, inserted] of patches) {
          if (removed > 0) text.delete(position, removed);
          if (inserted !== '') text.insert(position, inserted);
        }
      });
      if (steps.length % 397 === 0) then[steps.length] = text.toString();
    }
    const timeline = timelineOf(steps, ydoc);
    expect(timeline.length).toBe(steps.length);
    for (let step = 0; step <= timeline.length; step += 397) expect(plain(timeline, step)).toBe(then[step]);
    expect(plain(timeline, timeline.length)).toBe(text.toString());
  });

  it('of several people at once is what each moment was, whatever they did', () => {
    const edit = fc.record({ who: fc.nat(2), at: fc.nat(40), cut: fc.nat(4), word: fc.string({ maxLength: 5 }) });
    void fc.assert(
      fc.property(fc.array(fc.oneof(edit, fc.constant('meet' as const)), { maxLength: 40 }), (edits) => {
        const first = recorded();
        const replicas = [first.ydoc, new Y.Doc(), new Y.Doc()];
        const updates = [...first.steps];
        const reader = new Y.Doc();
        for (const [index, replica] of replicas.entries()) {
          replica.clientID = index + 1;
          if (index > 0) Y.applyUpdate(replica, updates[0] ?? new Uint8Array());
          replica.on('update', (update: Uint8Array, origin: unknown) => origin !== 'meet' && updates.push(update));
        }
        const textOf = (ydoc: Y.Doc) => (ydoc.getXmlFragment('pad').get(0) as Y.XmlElement).get(0) as Y.XmlText;
        for (const step of edits) {
          if (step === 'meet') {
            const all = Y.mergeUpdates(updates);
            for (const replica of replicas) Y.applyUpdate(replica, all, 'meet');
            continue;
          }
          const text = textOf(replicas[step.who] as Y.Doc);
          const at = Math.min(step.at, text.length);
          text.doc?.transact(() => {
            text.delete(at, Math.min(step.cut, text.length - at));
            if (step.word !== '') text.insert(at, step.word);
          });
        }
        const timeline = timelineOf(updates);
        for (const [index, update] of updates.entries()) {
          Y.applyUpdate(reader, update);
          expect(plain(timeline, index + 1)).toBe(textOf(reader).toString());
        }
      }),
      { numRuns: 150 },
    );
  });

  it('draws a block anew only where it differs, and is then what it is without that', () => {
    const edit = fc.record({ block: fc.nat(5), at: fc.nat(9), cut: fc.nat(3), word: fc.string({ maxLength: 4 }) });
    const change = fc.oneof(
      edit,
      fc.record({ add: fc.nat(5) }),
      fc.record({ drop: fc.nat(5) }),
      fc.record({ level: fc.nat(5) }),
      fc.record({ bold: fc.nat(5) }),
    );
    const look = fc.tuple(fc.nat(40), fc.nat(40));
    void fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.array(look, { maxLength: 25 }), (edits, looks) => {
        const { ydoc, steps } = recorded();
        const pad = ydoc.getXmlFragment('pad');
        const block = (index: number) => pad.get(index % Math.max(1, pad.length)) as Y.XmlElement | undefined;
        for (const [index, step] of edits.entries()) {
          ydoc.transact(() => {
            if ('add' in step) {
              const heading = new Y.XmlElement('heading');
              heading.insert(0, [new Y.XmlText(`h${index}`)]);
              pad.insert(Math.min(step.add, pad.length), [heading]);
            } else if ('drop' in step) {
              if (pad.length > 1) pad.delete(step.drop % pad.length, 1);
            } else if ('level' in step) block(step.level)?.setAttribute('level', `${index}`);
            else {
              const text = block('bold' in step ? step.bold : step.block)?.get(0) as Y.XmlText;
              if ('bold' in step) return text.format(0, text.length, { bold: index % 2 === 0 ? {} : null });
              const at = Math.min(step.at, text.length);
              text.delete(at, Math.min(step.cut, text.length - at));
              if (step.word !== '') text.insert(at, step.word);
            }
          });
        }
        const timeline = timelineOf(steps, ydoc);
        const drawn = new Map<PastBlock, string>();
        for (const [one, other] of looks) {
          const span = [one % (timeline.length + 1), other % (timeline.length + 1)].sort((a, b) => b - a);
          const [step = 0, since = 0] = span;
          const drawing = timeline.at(step, since);
          expect(drawing).toEqual(timelineOf(steps, ydoc).at(step, since));
          // What the page has of a block stays true.
          for (const each of drawing.blocks) {
            expect(JSON.stringify(each)).toBe(drawn.get(each) ?? JSON.stringify(each));
            drawn.set(each, JSON.stringify(each));
          }
        }
        const again = timeline.at(timeline.length);
        expect(timeline.at(timeline.length).blocks.every((each, index) => each === again.blocks[index])).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('tells what was added and removed between two moments, and by whom', () => {
    const { ydoc, steps, text } = recorded();
    text.insert(0, 'one two three');
    text.delete(4, 4);
    text.insert(4, '2 ');
    const timeline = timelineOf(steps, ydoc);
    expect(changes(timeline, 2, 4)).toEqual(['one ', '-two ', '+2 ', 'three'].sort(byPlace('one -two +2 three')));
    expect(timeline.at(4, 2)).toMatchObject({ added: 2, removed: 4 });
    expect(changes(timeline, 4, 4)).toEqual(['one 2 three']);
    // What came and went in between is in neither.
    expect(changes(timeline, 0, 2)).toEqual(['+one two three']);
  });

  it('knows formats and attributes as they were', () => {
    const { ydoc, steps, text } = recorded();
    text.insert(0, 'a bold word');
    text.format(2, 4, { bold: {} });
    (text.parent as Y.XmlElement).setAttribute('level', '1');
    (text.parent as Y.XmlElement).setAttribute('level', '2');
    text.format(2, 4, { bold: null });
    const timeline = timelineOf(steps, ydoc);
    const at = (step: number) => plainPast(timeline.at(step)).content?.[0];
    expect(at(2)?.attrs).toEqual({});
    expect(at(3)?.content?.map(({ text: words, marks }) => [words, marks?.map(({ type }) => type)])).toEqual([
      ['a ', []],
      ['bold', ['bold']],
      [' word', []],
    ]);
    expect(at(4)?.attrs).toEqual({ level: '1' });
    expect(at(5)?.attrs).toEqual({ level: '2' });
    expect(at(6)?.content?.flatMap(({ marks }) => marks)).toEqual([]);
  });

  it('shows what is left of before an erased history from its first moment on', () => {
    const { ydoc, steps, text } = recorded();
    text.insert(0, 'old text');
    text.delete(0, 4);
    const kept = steps.length;
    text.insert(4, ' and new');
    text.delete(0, 1);
    const timeline = timelineOf(steps.slice(kept), ydoc);
    expect([0, 1, 2].map((step) => plain(timeline, step))).toEqual(['ext', 'ext and new', 'ext and new']);
  });

  it('ends with what has not reached the host yet', () => {
    const { ydoc, steps, text } = recorded();
    text.insert(0, 'saved');
    const sent = [...steps];
    text.insert(5, ' not yet');
    const timeline = timelineOf(sent, ydoc);
    expect(timeline.length).toBe(sent.length + 1);
    expect([2, 3].map((step) => plain(timeline, step))).toEqual(['saved', 'saved not yet']);
    expect(timeline.recordOf(3)).toBeUndefined();
  });

  it('knows who wrote when: the same name is one person; and where somebody was who left', () => {
    const ada = recorded(1);
    let now = 1_700_000_000_000;
    const note = { identity: () => ({ name: 'Ada', colour: 3 }), now: () => now, isRemote: () => false };
    keepNote(ada.ydoc, note);
    ada.text.insert(0, 'first ');
    const left = Y.encodeStateVector(ada.ydoc);
    const ended = ada.steps.length;
    const again = new Y.Doc();
    again.clientID = 2;
    Y.applyUpdate(again, Y.encodeStateAsUpdate(ada.ydoc));
    keepNote(again, note);
    again.on('update', (update: Uint8Array) => ada.steps.push(update));
    now += 3_600_000;
    const text = (again.getXmlFragment('pad').get(0) as Y.XmlElement).get(0) as Y.XmlText;
    text.insert(6, 'later');
    const timeline = timelineOf(ada.steps, again, Array(ended).fill('one').concat(Array(9).fill('two')));
    expect(timeline.people).toEqual([{ name: 'Ada', colour: 3 }]);
    expect(timeline.moments().at(ended - 1)).toEqual({ at: 1_700_000_000, person: 0 });
    expect(timeline.moments().at(-1)).toEqual({ at: 1_700_003_600, person: 0 });
    expect(timeline.momentOf(left)).toBe(ended);
    expect(timeline.momentOf(Y.encodeStateVector(again))).toBe(timeline.length);
  });

  it('finds the moments that have a name', () => {
    const { ydoc, steps, text } = recorded();
    text.insert(0, 'draft');
    nameVersion(ydoc, 'As it stands', undefined);
    text.insert(5, ' two');
    nameVersion(ydoc, 'The first word', { session: 's', n: 1 });
    const timeline = timelineOf(steps, ydoc);
    const found = timeline.versions().map(({ name, step }) => [name, toText(plainPast(timeline.at(step))).trim()]);
    expect(found.sort()).toEqual([
      ['As it stands', 'draft'],
      ['The first word', 'draft'],
    ]);
  });

  it('leaves out what is no update, and refuses more signs than anybody typed', () => {
    const { ydoc, steps, text } = recorded();
    text.insert(0, 'good');
    const timeline = timelineOf([...steps, Uint8Array.of(1, 2, 3)], ydoc);
    expect(plain(timeline, 3)).toBe('good');
    const huge = new Y.Doc();
    huge.getText('t').insert(0, 'x');
    const client = huge.store.clients.get(huge.clientID) ?? [];
    for (const item of client) Object.assign(item.id, { clock: MAX_SIGNS });
    expect(() => timelineOf([Y.encodeStateAsUpdate(huge)])).toThrow(RangeError);
  });
});

/** Removed and added pieces at one place may stand in either order: as they lie in this line. */
function byPlace(line: string): (a: string, b: string) => number {
  return (a, b) => line.indexOf(a.trim()) - line.indexOf(b.trim());
}
