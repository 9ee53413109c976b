import { describe, expect, it } from 'vitest';
import { creationAddress, readCreation } from '../src/shell/creation.ts';
import { contactAddress, defaultKeep, keepChoices, readFacts } from '../src/shell/host.ts';

const facts = (answer: unknown) => readFacts(answer, 'pads.example.org');

describe('what the host says', () => {
  it('falls back on careful defaults', () => {
    const careful = { name: 'pads.example.org', maxExpiryDays: 365, allowNever: false, defaultExpiryDays: 180 };
    for (const answer of [null, 'x', 7, {}, { name: '', maxExpiryDays: 0, allowNever: 'yes', defaultExpiryDays: -1 }]) {
      expect(facts(answer)).toEqual(careful);
    }
  });

  it('keeps what makes sense and nothing else', () => {
    const answer = { name: 'Isles', operator: 'Tide', country: 3, contact: 'a@b.org', maxExpiryDays: null, junk: 1 };
    expect(facts(answer)).toEqual({
      name: 'Isles',
      operator: 'Tide',
      contact: 'a@b.org',
      maxExpiryDays: null,
      allowNever: false,
      defaultExpiryDays: 180,
    });
  });

  it.each([
    [{}, [1, 7, 30, 180, 365], 180],
    [{ maxExpiryDays: null, allowNever: true }, [1, 7, 30, 180, 365, null], 180],
    [{ maxExpiryDays: 90 }, [1, 7, 30, 90], 90],
    [{ maxExpiryDays: 30, defaultExpiryDays: 7 }, [1, 7, 30], 7],
    [{ maxExpiryDays: 2000, defaultExpiryDays: 2000 }, [1, 7, 30, 180, 365], 365],
  ])('%j offers %j', (answer, choices, first) => {
    expect(keepChoices(facts(answer))).toEqual(choices);
    expect(defaultKeep(facts(answer))).toBe(first);
  });

  it('makes a contact address of mail or https only', () => {
    expect(contactAddress('hello@isles.org')).toBe('mailto:hello@isles.org');
    expect(contactAddress('mailto:hello@isles.org')).toBe('mailto:hello@isles.org');
    expect(contactAddress('https://isles.org/contact')).toBe('https://isles.org/contact');
    for (const bad of [
      'javascript:alert(1)',
      'http://isles.org',
      'javascript:a@b',
      'mailto:hello',
      'hello',
      undefined,
    ]) {
      expect(contactAddress(bad)).toBeNull();
    }
  });
});

describe('the address of a document to be', () => {
  it.each([1, 7, 30, 180, 365, null])('carries %j there and back', (keep) => {
    const address = creationAddress('/pad', keep);
    expect(readCreation(new URL(address, 'https://h').search, 99)).toEqual({ keep });
  });

  it('takes the default for a life that it cannot read, and is nothing without "new"', () => {
    for (const search of ['?new', '?new&keep=0d', '?new&keep=-1d', '?new&keep=1e3d', '?new&keep=99999d']) {
      expect(readCreation(search, 180)).toEqual({ keep: 180 });
    }
    expect(readCreation('?keep=7d', 180)).toBeNull();
    expect(readCreation('', 180)).toBeNull();
  });
});
