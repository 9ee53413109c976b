import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';

describe('a plain text brought in', () => {
  it('is one paragraph per line, whatever system wrote it', () => {
    expect(linesOf('\ufeffun\r\ndeux\r\rtrois\n\n')).toEqual(['un', 'deux', '', 'trois']);
    expect(linesOf('a\u0000b\tc')).toEqual(['ab\tc']);
    expect(linesOf('')).toEqual(['']);
  });
});
