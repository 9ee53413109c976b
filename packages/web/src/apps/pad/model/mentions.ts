import * as Y from 'yjs';
import { PAD_FIELD } from './field.ts';
import { MENTION } from './mention.ts';
import { cleanName } from './people.ts';

/** Somebody named in the text. `client` is the number in Yjs of the program that wrote it. */
export interface Mention {
  /** Stays the same when the line it is in is split or moved. */
  id: string;
  name: string;
  client: number;
  clock: number;
}

/** All mentions under a shared type, itself included, in the order of the text. */
export function mentionsIn(type: Y.XmlFragment | Y.XmlElement): Mention[] {
  if (!(type instanceof Y.XmlElement) || type.nodeName !== MENTION) {
    return type.toArray().flatMap((child) => (child instanceof Y.XmlElement ? mentionsIn(child) : []));
  }
  const { id, name } = type.getAttributes() as Record<string, unknown>;
  const { client = 0, clock = 0 } = type._item?.id ?? {};
  return [{ id: typeof id === 'string' ? id : '', name: cleanName(name), client, clock }];
}

const folded = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether two names are one, whatever their case and accents; nobody without a name is meant. */
export function isNamed(mention: string, name: string): boolean {
  return name !== '' && folded(mention) === folded(name);
}

/** Where this person was named beyond a state vector of Yjs, by others than this program. */
export function mentionsSince(ydoc: Y.Doc, seen: Uint8Array, name: string): Mention[] {
  const known = Y.decodeStateVector(seen);
  return mentionsIn(ydoc.getXmlFragment(PAD_FIELD)).filter(
    (mention) =>
      isNamed(mention.name, name) &&
      mention.client !== ydoc.clientID &&
      mention.clock >= (known.get(mention.client) ?? 0),
  );
}

/** Calls `heard` for each mention that others write from now on. Returns how to stop. */
export function watchMentions(ydoc: Y.Doc, heard: (mention: Mention) => void): () => void {
  const field = ydoc.getXmlFragment(PAD_FIELD);
  const known = new Set(mentionsIn(field).map(({ id }) => id));
  const look = (events: Y.YEvent<Y.XmlFragment>[], { local }: Y.Transaction): void => {
    for (const { changes } of events) {
      for (const { content } of changes.added) {
        if (!(content instanceof Y.ContentType) || !(content.type instanceof Y.XmlElement)) continue;
        for (const mention of mentionsIn(content.type)) {
          if (!local && !known.has(mention.id)) heard(mention);
          known.add(mention.id);
        }
      }
    }
  };
  field.observeDeep(look as never);
  return () => field.unobserveDeep(look as never);
}

/** The names that begin like what was typed, or have a word that does; at most `max`. */
export function namesLike(names: readonly string[], typed: string, max: number): string[] {
  const wanted = folded(typed);
  return names.filter((name) => ` ${folded(name)}`.includes(` ${wanted}`)).slice(0, max);
}
