/** PeerTube and Mobilizon say who they are by NodeInfo: a list of links, then the document of the newest known schema. */
import { at, countAt, isOk, jsonOf, otherSoftware, textAt, verdict, versionOf } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

const SCHEMA = /^https?:\/\/nodeinfo\.diaspora\.software\/ns\/schema\/(\d)\.(\d)$/;

export const peertube: Software = {
  id: 'peertube',
  name: 'PeerTube',
  aliases: [],
  purposes: ['videos'],
  notices: ['not_sealed', 'account_needed'],
  newDocument: undefined,
  probe: () => nodeinfo('peertube'),
};

export const mobilizon: Software = {
  id: 'mobilizon',
  name: 'Mobilizon',
  aliases: [],
  purposes: ['events'],
  notices: ['not_sealed', 'account_needed'],
  newDocument: undefined,
  probe: () => nodeinfo('mobilizon'),
};

function* nodeinfo(name: string): Probe {
  const links = yield { kind: 'address', url: '/.well-known/nodeinfo' };
  const ended = verdict(links);
  if (ended !== undefined) return ended;
  const url = isOk(links) ? newestLink(jsonOf(links)) : undefined;
  if (url === undefined) return otherSoftware();
  const document = yield { kind: 'address', url };
  const facts = isOk(document) ? jsonOf(document) : undefined;
  if (textAt(facts, 'software', 'name')?.toLowerCase() !== name) return verdict(document) ?? otherSoftware();
  return reading('up', {
    version: versionOf(textAt(facts, 'software', 'version')),
    access: 'account',
    load: {
      accounts: countAt(facts, 'usage', 'users', 'total'),
      accountsActive: countAt(facts, 'usage', 'users', 'activeMonth'),
    },
  });
}

function newestLink(document: unknown): string | undefined {
  const links = at(document, 'links');
  const known = (Array.isArray(links) ? links : []).flatMap((link: unknown) => {
    const [, major, minor] = SCHEMA.exec(textAt(link, 'rel') ?? '') ?? [];
    const href = textAt(link, 'href');
    return major === undefined || href === undefined ? [] : [{ rank: Number(`${major}${minor}`), href }];
  });
  return known.sort((a, b) => b.rank - a.rank)[0]?.href;
}
