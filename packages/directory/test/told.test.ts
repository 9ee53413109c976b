import type { Load, Manifest, Signed } from '@archipel/protocol';
import { hostIdOf, toHex } from '@archipel/protocol';
import { VirtualClock } from '@archipel/testkit';
import { expect, test } from 'vitest';
import { AddressBook, hostFactsOf, loadReportOf, Router } from '../src/index.ts';

const KEY = new Uint8Array(32).fill(7);
const signature = new Uint8Array(64);
const acquaintance = { knownSinceMs: 5, vouched: true };

const manifest: Manifest = {
  seq: 1,
  issued: 1,
  expires: 2,
  name: 'Pads du Port',
  organisation: '',
  contact: '',
  country: 'FR',
  url: 'https://pads.example.org',
  languages: ['en', 'fr'],
  welcome: ['everyone', 'schools'],
  services: [
    { service: 'docs', capacity: 300 },
    { service: 'rooms', capacity: 20 },
  ],
  limits: [],
  retentionDays: 0,
  legalUrl: '',
  software: 'archipel',
  softwareVersion: '1.10.2',
  peers: [],
};
const load = (timeMs: number, accepting: boolean): Signed<Load> => ({
  key: KEY,
  signature,
  fact: {
    timeMs,
    services: [{ service: 'docs', capacity: 300, present: 10, committed: 40, accepting, draining: false }],
  },
});

test('a manifest says what the routing asks of a host; who knows it says the rest', () => {
  expect(hostFactsOf({ key: KEY, signature, fact: manifest }, acquaintance)).toEqual({
    id: toHex(hostIdOf(KEY)),
    url: 'https://pads.example.org',
    country: 'FR',
    languages: ['en', 'fr'],
    policies: ['everyone', 'schools'],
    version: '1.10.2',
    services: ['docs', 'rooms'],
    knownSinceMs: 5,
    vouched: true,
  });
});

test('a load is a report of the same host, in units of its service classes', () => {
  expect(loadReportOf(load(1234, true))).toEqual({
    host: toHex(hostIdOf(KEY)),
    atMs: 1234,
    classes: {
      docs: { capacityUnits: 300, presentUnits: 10, committedUnits: 40, accepting: true, draining: false },
    },
  });
});

test('a host whose signed facts are in the book is chosen, and not when it says that it takes nothing', async () => {
  const clock = new VirtualClock();
  const book = new AddressBook({ clock });
  const router = new Router({ clock, random: () => 0.5, book, ask: async () => ({ kind: 'granted', voucher: 'v' }) });
  book.putHost(hostFactsOf({ key: KEY, signature, fact: manifest }, acquaintance));
  book.putLoad(loadReportOf(load(clock.now(), true)));
  expect(await router.place({ service: 'docs', country: 'FR' })).toMatchObject({ kind: 'placed' });
  await clock.advance(10);
  book.putLoad(loadReportOf(load(clock.now(), false)));
  expect(await router.place({ service: 'docs' })).toMatchObject({ kind: 'refused', reason: 'full' });
});
