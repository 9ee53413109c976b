import { afterEach, describe, expect, it } from 'vitest';
import { dayInWords, momentInWords } from '../src/i18n/dates.ts';
import { chooseLanguage, language, plural, setLanguage, startLanguage, t } from '../src/i18n/index.ts';
import english from '../src/locales/en.json' with { type: 'json' };
import french from '../src/locales/fr.json' with { type: 'json' };

const en: Record<string, string> = english;
const fr: Record<string, string> = french;
const NBSP = '\u00a0';
const NARROW = '\u202f';

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe('locales', () => {
  it('have the same keys in the same order, so that translators compare line by line', () => {
    expect(Object.keys(fr)).toEqual(Object.keys(en));
  });

  it.each(Object.keys(en))('%s has the same placeholders in both and no empty text', (key) => {
    expect(placeholders(fr[key] ?? '')).toEqual(placeholders(en[key] ?? ''));
    expect(fr[key]?.trim()).not.toBe('');
    expect(en[key]?.trim()).not.toBe('');
  });

  it('has every plural as one and other', () => {
    const bases = Object.keys(en).flatMap((key) => /^(.*)_(?:one|other)$/.exec(key)?.[1] ?? []);
    for (const base of bases) expect(Object.keys(en)).toEqual(expect.arrayContaining([`${base}_one`, `${base}_other`]));
    expect(bases.length).toBeGreaterThan(0);
  });

  it('French keeps its typography: spaces that do not break before : ; ? ! » and after «, the curved apostrophe', () => {
    const wrong = Object.entries(fr).filter(([, text]) => {
      return /[^\u00a0\u202f][;?!»]|[^\u00a0]:(?!\/)|«[^\u00a0\u202f]|\w'\w/.test(text);
    });
    expect(wrong).toEqual([]);
  });
});

describe('t', () => {
  afterEach(() => setLanguage('en'));

  it('fills names and follows the language', async () => {
    await startLanguage(['xx', 'fr-CA', 'en']);
    expect(language.value).toBe('fr');
    expect(t('footer.hostedBy', { name: 'Île' })).toBe('Hébergé par Île');
    await setLanguage('en');
    expect(t('footer.hostedBy', { name: '{name} $1' })).toBe('Hosted by {name} $1');
  });

  it('chooses the plural of the language: French has no plural for zero', async () => {
    await setLanguage('en');
    expect(plural('documents.count', 0)).toBe('0 documents');
    expect(plural('documents.count', 1)).toBe('1 document');
    await setLanguage('fr');
    expect(plural('documents.count', 0)).toBe('0 document');
    expect(plural('documents.count', 1234)).toBe(`1${NARROW}234 documents`);
    // French has a third category, "many", for whole millions: it falls back on "other".
    expect(plural('documents.count', 2_000_000)).toBe(`2${NARROW}000${NARROW}000 documents`);
  });

  it('takes the stored choice first, then the wishes of the browser, then English', () => {
    expect(chooseLanguage('fr', ['en'])).toBe('fr');
    expect(chooseLanguage('toString', ['FR-be'])).toBe('fr');
    expect(chooseLanguage(null, ['de', 'pt-BR'])).toBe('en');
  });
});

describe('dates in words', () => {
  const NOON = new Date(2026, 2, 12, 12).getTime();
  const HOUR = 3_600_000;

  it.each([
    [0, 'now', 'maintenant'],
    [-5 * 60_000, '5 minutes ago', 'il y a 5 minutes'],
    [3 * HOUR, 'in 3 hours', 'dans 3 heures'],
    [-14 * HOUR, 'yesterday', 'hier'],
    [20 * HOUR, 'tomorrow', 'demain'],
    [7 * 24 * HOUR, 'in 7 days', 'dans 7 jours'],
    [180 * 24 * HOUR, 'in 6 months', 'dans 6 mois'],
    [365 * 24 * HOUR, 'next year', 'l’année prochaine'],
  ])('%d ms away', async (distance, english, french) => {
    // Numbers stay on the line of their unit.
    const unbroken = (words: string): string => words.replace(/(\d) /, `$1${NBSP}`);
    await setLanguage('en');
    expect(momentInWords(NOON + distance, NOON)).toBe(unbroken(english));
    await setLanguage('fr');
    expect(momentInWords(NOON + distance, NOON)).toBe(unbroken(french));
  });

  it('writes a day as the language does', async () => {
    await setLanguage('fr');
    expect(dayInWords(NOON)).toBe('12 mars 2026');
  });
});
