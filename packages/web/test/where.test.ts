import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setLanguage, startLanguage } from '../src/i18n/index.ts';
import { countryName, languageName } from '../src/i18n/regions.ts';
import type { HostView } from '../src/network/hosts-page.ts';
import { choicesOf } from '../src/portal/Where.tsx';
import { wishOfAddress } from '../src/portal/wish.ts';

const ID = 'a'.repeat(40);

function host(changes: Partial<HostView>): HostView {
  const none = { fromMs: 0, answered: [], fullest: [] };
  return {
    id: ID,
    fingerprint: '',
    url: 'https://a.example',
    name: 'A',
    organisation: '',
    contact: '',
    country: 'FR',
    position: null,
    languages: [],
    welcome: [],
    services: [],
    limits: [],
    retentionDays: 0,
    legal: '',
    software: 'archipel',
    version: '0.1.0',
    peers: [],
    state: 'room',
    failure: null,
    vouched: true,
    waiting: false,
    knownSince: null,
    lastAnswer: null,
    days: none,
    ...changes,
  };
}

beforeEach(() => startLanguage(['en']));
afterEach(() => setLanguage('en'));

describe('where a document may live', () => {
  it('names countries and hosts with room, in the order of the alphabet, each country once', () => {
    const hosts = [
      host({ id: '1', name: 'Zoé' }),
      host({ id: '2', name: 'Élan', country: 'DE' }),
      host({ id: '3', name: 'Full', country: 'IT', state: 'full' }),
      host({ id: '4', name: 'New', country: 'ES', waiting: true }),
      host({ id: '5', name: 'Nowhere', country: 'ZZ' }),
      host({ id: '6', name: 'arc', country: 'FR' }),
    ];
    expect(choicesOf(hosts, {}).map(({ value, text }) => `${value} ${text}`)).toEqual([
      ' no preference',
      'FR in France',
      'DE in Germany',
      '6 at arc',
      '2 at Élan',
      '5 at Nowhere',
      '1 at Zoé',
    ]);
  });

  it('keeps what was chosen, also when it has filled up or stands behind the forty that are shown', () => {
    const many = Array.from({ length: 60 }, (_, index) => host({ id: `${index}`, name: `h${100 + index}` }));
    const values = (chosen: { host?: string }) => choicesOf(many, chosen).map(({ value }) => value);
    expect(values({}).length).toBe(1 + 1 + 40);
    expect(values({ host: '59' })).toContain('59');
    const full = host({ id: ID, state: 'full' });
    expect(choicesOf([full], { host: ID }).map(({ value }) => value)).toEqual(['', 'FR', ID]);
    expect(choicesOf([full], {}).map(({ value }) => value)).toEqual(['']);
  });

  it('is wished for by an address, if that names a host', () => {
    expect(wishOfAddress(`?host=${ID}`)).toEqual({ host: ID });
    for (const search of ['', '?host=', '?host=AAAA', `?host=${ID}0`, `?host=${'g'.repeat(40)}`]) {
      expect(wishOfAddress(search)).toEqual({});
    }
  });
});

describe('names of regions and languages', () => {
  it('are those of the page', async () => {
    expect([countryName('DE'), languageName('fr')]).toEqual(['Germany', 'French']);
    await setLanguage('fr');
    expect([countryName('DE'), languageName('br')]).toEqual(['Allemagne', 'breton']);
  });

  it('are left out or shown as written where there is none', () => {
    expect(['ZZ', 'de', 'DEU', ''].map(countryName)).toEqual([undefined, undefined, undefined, undefined]);
    expect(languageName('not a tag')).toBe('not a tag');
  });
});
