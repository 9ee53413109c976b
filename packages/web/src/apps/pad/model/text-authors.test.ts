import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { authorNotes } from './authors.ts';
import { authorRuns, authorsOf } from './text-authors.ts';

const ADA = { clientId: 1, name: 'Ada', colour: 3, self: true };

/** The documents of two people who both have all of it. */
function two(): [Y.Doc, Y.Doc, () => void] {
  const docs = [new Y.Doc(), new Y.Doc()] as const;
  docs[0].clientID = 1;
  docs[1].clientID = 2;
  const meet = (): void => {
    for (const [from, to] of [docs, [docs[1], docs[0]] as const]) {
      Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
    }
  };
  return [...docs, meet];
}

const isLeaf = (name: string): boolean => name === 'hardBreak';

describe('whose the text is', () => {
  it('is told sign by sign, at the positions of the editor, whatever was deleted and nested', () => {
    const [one, other, meet] = two();
    const item = new Y.XmlElement('listItem');
    const line = new Y.XmlElement('paragraph');
    const text = new Y.XmlText('Apples and pears');
    line.insert(0, [text, new Y.XmlElement('hardBreak')]);
    item.insert(0, [line]);
    one.getXmlFragment('pad').insert(0, [item]);
    meet();
    const theirs = (other.getXmlFragment('pad').get(0) as Y.XmlElement).get(0) as Y.XmlElement;
    (theirs.get(0) as Y.XmlText).insert(6, ', figs');
    (theirs.get(0) as Y.XmlText).delete(0, 2);
    theirs.insert(2, [new Y.XmlText('Plums')]);
    meet();
    // item 5, line 6, then "ples, figs and pears", a break and "Plums".
    expect(authorRuns(item, 5, isLeaf)).toEqual({
      runs: [
        { from: 7, to: 11, client: 1 },
        { from: 11, to: 17, client: 2 },
        { from: 17, to: 28, client: 1 },
        { from: 28, to: 33, client: 2 },
      ],
      size: 30,
    });
  });

  it('is the person of the same name who is here, else the last note; nobody without one', () => {
    const ydoc = new Y.Doc();
    const notes = authorNotes(ydoc);
    notes.set('7', { name: 'Ada', colour: 9, at: 10 });
    notes.set('8', { name: 'Ben', colour: 4, at: 10 });
    notes.set('9', { name: 'Ben', colour: 5, at: 20 });
    notes.set('10', { name: '', colour: 6, at: 20 });
    notes.set('11', 'not a note');
    const authors = authorsOf(ydoc, [ADA]);
    expect(authors.of(7)).toEqual({ name: 'Ada', colour: 3, self: true });
    expect([authors.of(8), authors.of(9)].map((author) => author?.colour)).toEqual([5, 5]);
    expect(authors.of(10)).toEqual({ name: '', colour: 6, self: false });
    expect(authors.of(11)).toEqual({ name: '', colour: 11, self: false });
    expect(authors.of(12)).toBeUndefined();
    expect(authors.away).toEqual([{ name: 'Ben', colour: 5 }]);
  });
});
