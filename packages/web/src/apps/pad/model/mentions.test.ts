import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { isNamed, type Mention, mentionsIn, mentionsSince, namesLike, watchMentions } from './mentions.ts';

function mentionOf(id: string, name: string): Y.XmlElement {
  const mention = new Y.XmlElement('mention');
  mention.setAttribute('id', id);
  mention.setAttribute('name', name);
  return mention;
}

function addLine(ydoc: Y.Doc, ...content: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const line = new Y.XmlElement('paragraph');
  line.insert(0, content);
  const field = ydoc.getXmlFragment('pad');
  field.insert(field.length, [line]);
  return line;
}

const send = (from: Y.Doc, to: Y.Doc): void => Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));

describe('mentions', () => {
  it('are heard once, when others write them, also in a line that is made again', () => {
    const [ada, ben] = [new Y.Doc(), new Y.Doc()];
    addLine(ada, mentionOf('1', 'Ben'));
    send(ada, ben);
    const heard: Mention[] = [];
    const stop = watchMentions(ben, (mention) => heard.push(mention));
    const line = addLine(ada, new Y.XmlText('Ask '));
    line.insert(1, [mentionOf('2', 'Ben')]);
    send(ada, ben);
    addLine(ada, mentionOf('2', 'Ben'), new Y.XmlText(' again'));
    addLine(ada, mentionOf('3', 'Carla'));
    send(ada, ben);
    addLine(ben, mentionOf('4', 'Ben'));
    expect(heard.map(({ id, name, client }) => [id, name, client])).toEqual([
      ['2', 'Ben', ada.clientID],
      ['3', 'Carla', ada.clientID],
    ]);
    stop();
    addLine(ada, mentionOf('5', 'Ben'));
    send(ada, ben);
    expect(heard).toHaveLength(2);
    expect(
      mentionsIn(ben.getXmlFragment('pad'))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['1', '2', '2', '3', '4', '5']);
  });

  it('since a visit are those of this person that it had not seen', () => {
    const [ada, ben] = [new Y.Doc(), new Y.Doc()];
    addLine(ada, mentionOf('1', 'Ben'));
    send(ada, ben);
    const seen = Y.encodeStateVector(ben);
    addLine(ada, mentionOf('2', 'BÉN'));
    addLine(ada, mentionOf('3', 'Carla'));
    send(ada, ben);
    expect(mentionsSince(ben, seen, 'Ben').map(({ id }) => id)).toEqual(['2']);
    expect(mentionsSince(ben, seen, '')).toEqual([]);
  });

  it('are found by the beginning of a name or of a word in it', () => {
    const names = ['Ada Lovelace', 'Élodie', 'Ben'];
    expect(namesLike(names, '', 8)).toEqual(names);
    expect(namesLike(names, 'el', 8)).toEqual(['Élodie']);
    expect(namesLike(names, 'love', 8)).toEqual(['Ada Lovelace']);
    expect(namesLike(names, 'ove', 8)).toEqual([]);
    expect(isNamed('elodie', 'Élodie')).toBe(true);
    expect(isNamed('', '')).toBe(false);
  });
});
