/** Services of other software that a portal can list: how they are asked, what they make, what a visitor should know. */
import { bigbluebutton } from './bigbluebutton.ts';
import { cryptpad } from './cryptpad.ts';
import { ethercalc } from './ethercalc.ts';
import { etherpad } from './etherpad.ts';
import { framadate } from './framadate.ts';
import { hedgedoc } from './hedgedoc.ts';
import { jitsi } from './jitsi.ts';
import { lufi } from './lufi.ts';
import { mattermost } from './mattermost.ts';
import { mumble } from './mumble.ts';
import { nextcloud } from './nextcloud.ts';
import { mobilizon, peertube } from './nodeinfo.ts';
import { psitransfer } from './psitransfer.ts';
import { send } from './send.ts';
import type { Purpose, Software } from './software.ts';

export const CATALOGUE: readonly Software[] = [
  etherpad,
  ethercalc,
  hedgedoc,
  cryptpad,
  send,
  psitransfer,
  lufi,
  nextcloud,
  framadate,
  jitsi,
  mumble,
  mattermost,
  peertube,
  mobilizon,
  bigbluebutton,
];

const SAFE_NAME = /^[\w-]{8,64}$/;
const MUMBLE = 'mumble:';

export function softwareById(id: string): Software | undefined {
  return CATALOGUE.find((software) => software.id === id);
}

/** From a name as people write it in lists: `Etherpad-Lite`, `jitsi meet`. */
export function softwareByName(name: string): Software | undefined {
  const plain = plainName(name);
  return CATALOGUE.find(({ name: own, aliases }) => plainName(own) === plain || aliases.includes(plain));
}

function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

export interface NewDocumentRequest {
  software: Software;
  /** Where people go, http, https or mumble. */
  baseUrl: string;
  /** 8 to 64 letters, digits, - and _; as hard to guess as the document is to be. */
  name: string;
  purpose?: Purpose;
}

/** Where a visitor begins something new. Undefined: people with an account do so inside, or the address is not one. */
export function newDocumentUrl({ software, baseUrl, name, purpose }: NewDocumentRequest): string | undefined {
  if (!SAFE_NAME.test(name)) throw new RangeError('the name of a new document is 8 to 64 letters, digits, - and _');
  const path = software.newDocument?.(name, purpose ?? software.purposes[0] ?? 'pad');
  const base = baseOf(baseUrl);
  if (path === undefined || base === undefined) return undefined;
  if (path === MUMBLE) return `${MUMBLE}//${isMumble(baseUrl) ? base.host : base.hostname}/`;
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`;
}

function isMumble(url: string): boolean {
  return url.slice(0, MUMBLE.length).toLowerCase() === MUMBLE;
}

/** A mumble address is read like one of the web: its name and port are what counts. */
function baseOf(baseUrl: string): URL | undefined {
  const text = isMumble(baseUrl) ? `http:${baseUrl.slice(MUMBLE.length)}` : baseUrl;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  return isWeb && url?.username === '' && url.password === '' ? url : undefined;
}
