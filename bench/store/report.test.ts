import { expect, test } from 'vitest';
import { storeTables } from './report.ts';

const kind = { name: 'one', title: 'a store', open: () => Promise.reject(new Error('not opened here')) };

test('each measure has its table, and what is not known of a server is a question mark', () => {
  const known = { '1 waiting.perSecond': 1234, '1 waiting.clientCpuMsPer1000': 2, '1 waiting.serverCpuMsPer1000': 3 };
  const shown = storeTables([kind, { ...kind, name: 'absent' }], { one: known });
  expect(shown).toContain('one  a store');
  expect(shown).toContain('1,234');
  expect(shown).toContain('2 + 3');
  expect(shown).toContain('- + ?');
  expect(shown).not.toContain('absent');
});
