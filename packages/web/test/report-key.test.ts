// To which key a report is sealed: the one that the host has signed, whatever whoever stands between says.
import {
  encodeBase64url,
  type HostSigner,
  hostIdOf,
  MANIFEST,
  type Manifest,
  reportsEntry,
  signFact,
  toHex,
} from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { describe, expect, it } from 'vitest';
import { reportKeyOf } from '../src/shell/moderation/report-key.ts';

const NOW = 1_800_000_000;
const URL_OF_HOST = 'https://pads.example';
const own = await webSuite.signer(new Uint8Array(32).fill(1));
const liar = await webSuite.signer(new Uint8Array(32).fill(2));
const KEY = new Uint8Array(32).fill(3);
const KEY_OF_LIAR = new Uint8Array(32).fill(4);
const hostId = toHex(hostIdOf(own.publicKey));

const FACT: Manifest = {
  seq: 1,
  issued: NOW,
  expires: NOW + 86_400,
  name: 'Les Mésanges',
  organisation: '',
  contact: '',
  country: 'FR',
  url: URL_OF_HOST,
  languages: [],
  welcome: [],
  services: [],
  limits: [],
  retentionDays: 0,
  legalUrl: '',
  software: 'archipel',
  softwareVersion: '0.1.0',
  peers: [],
};
const manifest = (key?: Uint8Array, signer: HostSigner = own): Promise<Uint8Array> =>
  signFact(MANIFEST, key === undefined ? FACT : { ...FACT, more: [reportsEntry(key)] }, signer);

interface Front {
  /** Undefined: it says that there is none. */
  signed?: Uint8Array;
  /** What it says is the key. */
  said?: Uint8Array | undefined;
  listed?: string;
  now?: number;
}

function ask({ signed, said, listed, now = NOW }: Front, wish: { hostId?: string } = {}) {
  const request = async (input: RequestInfo | URL): Promise<Response> => {
    if (String(input).endsWith('/report')) return Response.json({ key: said ? encodeBase64url(said) : null });
    return signed === undefined ? new Response('', { status: 404 }) : new Response(signed as Uint8Array<ArrayBuffer>);
  };
  const deps = { request: request as typeof fetch, now: () => now * 1000, listed: async () => listed };
  return reportKeyOf({ url: URL_OF_HOST, ...wish }, deps);
}

describe('the key for reports', () => {
  it('[REP-5] is the one of the manifest, whatever is said beside it', async () => {
    const signed = await manifest(KEY);
    for (const said of [KEY, KEY_OF_LIAR, undefined]) {
      expect(await ask({ signed, said }, { hostId })).toBe(encodeBase64url(KEY));
      expect(await ask({ signed, said })).toBe(encodeBase64url(KEY));
    }
  });

  it.each([
    ['signed by whoever stands between', async () => manifest(KEY_OF_LIAR, liar)],
    [
      'signed by them in the name of the host',
      async () => manifest(KEY_OF_LIAR, { publicKey: own.publicKey, sign: (message) => liar.sign(message) }),
    ],
    ['changed by a bit', async () => (await manifest(KEY)).map((byte, i) => (i === 60 ? byte ^ 1 : byte))],
    ['cut', async () => (await manifest(KEY)).slice(0, -1)],
    ['of a newer version', async () => (await manifest(KEY)).map((byte, i) => (i === 0 ? 2 : byte))],
    ['larger than it may be', async () => new Uint8Array(9000)],
    ['nothing', async () => new Uint8Array(0)],
  ])('[REP-5] a manifest %s: nothing is sent', async (_, made) => {
    expect(await ask({ signed: await made(), said: KEY_OF_LIAR }, { hostId })).toBe('unusable');
  });

  it('[REP-5] a manifest whose time is over, or that is held back: nothing is sent', async () => {
    expect(await ask({ signed: await manifest(KEY), said: KEY_OF_LIAR, now: NOW + 86_400 }, { hostId })).toBe(
      'unusable',
    );
    expect(await ask({ said: KEY_OF_LIAR }, { hostId })).toBe('unusable');
  });

  it('[REP-5] the directory that this browser keeps says who the host is, too', async () => {
    const listed = hostId.slice(0, 16);
    expect(await ask({ signed: await manifest(KEY), listed })).toBe(encodeBase64url(KEY));
    expect(await ask({ signed: await manifest(KEY_OF_LIAR, liar), listed })).toBe('unusable');
  });

  it('[REP-5] of a host of before, or one that signs nothing, it is what the host says', async () => {
    expect(await ask({ signed: await manifest(), said: KEY }, { hostId })).toBe(encodeBase64url(KEY));
    expect(await ask({ signed: await manifest() }, { hostId })).toBeUndefined();
    expect(await ask({ said: KEY })).toBe(encodeBase64url(KEY));
    expect(await ask({})).toBeUndefined();
  });
});
