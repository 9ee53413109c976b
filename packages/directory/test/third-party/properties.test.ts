import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILE_LIMITS, type FileProblem, readProperties, writeProperties } from '../../src/third-party/index.ts';

function values(source: Uint8Array | string): Record<string, string> {
  return Object.fromEntries([...readProperties(source).properties.values()].map(({ key, value }) => [key, value]));
}

function problems(source: Uint8Array | string): string[] {
  return readProperties(source).problems.map(({ code, line }: FileProblem) => `${line} ${code}`);
}

describe('a properties file', () => {
  it('is keys and values, with comments and empty lines between', () => {
    const text = '# [File]\n\nfile.class = Organization\n! another comment\n  organization.name=Chapril  \nempty =\n';
    expect(values(text)).toEqual({ 'file.class': 'Organization', 'organization.name': 'Chapril', empty: '' });
    expect(problems(text)).toEqual([]);
  });

  it('knows on which line each key was', () => {
    const { properties } = readProperties('# one\r\na = 1\r\n\r\nb = 2\rc = 3');
    expect([...properties.values()].map(({ key, line }) => [key, line])).toEqual([
      ['a', 2],
      ['b', 4],
      ['c', 5],
    ]);
  });

  it('may begin with a byte order mark', () => {
    expect(values(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x3d, 0x62))).toEqual({ a: 'b' });
    expect(values('\uFEFFa=b')).toEqual({ a: 'b' });
  });

  it('may be UTF-8, or Latin-1, which is noted', () => {
    expect(values(new TextEncoder().encode('a = Île'))).toEqual({ a: 'Île' });
    const latin1 = Uint8Array.from('a = Île', (char) => char.charCodeAt(0));
    expect(values(latin1)).toEqual({ a: 'Île' });
    expect(problems(latin1)).toEqual(['0 not_utf8']);
  });

  it('may quote whole values, with either quote', () => {
    const text = `a = "Le Cloud"\nb = 'https://pads.example.org/'\nc = 'Association d'éducation'\nd = ""`;
    expect(values(text)).toEqual({
      a: 'Le Cloud',
      b: 'https://pads.example.org/',
      c: "Association d'éducation",
      d: '',
    });
    expect(problems(text)).toEqual([]);
  });

  it('keeps quotes that are part of a value, and says when one is never ended', () => {
    const text = `a = "Le Cloud" libre\nb = "un" et "deux"\nc = 'n'importe 'quoi\nd = "ouvert\ne = 5"`;
    expect(values(text)).toEqual({
      a: '"Le Cloud" libre',
      b: '"un" et "deux"',
      c: "'n'importe 'quoi",
      d: '"ouvert',
      e: '5"',
    });
    expect(problems(text)).toEqual(['4 unclosed_quote']);
  });

  it('may escape as Java does', () => {
    const text = "a = un\\ndeux\\t\\u00e9\\u20AC\nb = https\\://example.org/\\=\nc\\=d = l\\'April\ne = C:\\\\dossier";
    expect(values(text)).toEqual({
      a: 'un\ndeux\té€',
      b: 'https://example.org/=',
      'c=d': "l'April",
      e: 'C:\\dossier',
    });
  });

  it('says which escape is wrong, and leaves it as it is', () => {
    expect(values('a = \\u12 \\uXYZW')).toEqual({ a: '\\u12 \\uXYZW' });
    expect(problems('# \n\na = \\u12')).toEqual(['3 bad_escape']);
  });

  it('may go on in the next line, though not after a comment', () => {
    const text = '# c \\\na = one \\\n    two \\\n    three\nb = even \\\\\nc = 3\nlast = end\\';
    expect(values(text)).toEqual({ a: 'one two three', b: 'even \\', c: '3', last: 'end' });
    expect(readProperties(text).properties.get('c')?.line).toBe(6);
  });

  it('may have colons for equals signs', () => {
    expect(values('organization.name: Chapril')).toEqual({ 'organization.name': 'Chapril' });
    expect(problems('https://example.org/')).toEqual(['1 no_separator']);
  });

  it('keeps the last of several values, and notes the others', () => {
    expect(values('a = 1\nb = 2\na = 3')).toEqual({ a: '3', b: '2' });
    expect(readProperties('a = 1\nb = 2\na = 3').problems).toEqual([
      { code: 'duplicate_key', severity: 'note', line: 3, key: 'a' },
    ]);
  });

  it('says which lines it cannot read, and reads the others', () => {
    const text = `bonjour à tous\n= value\na = 1\n${'x'.repeat(FILE_LIMITS.lineMaxChars)}= 1\n${'k'.repeat(201)} = 1`;
    expect(values(text)).toEqual({ a: '1' });
    expect(problems(text)).toEqual(['1 no_separator', '2 empty_key', '4 line_too_long', '5 line_too_long']);
  });

  it('has limits: of bytes, of lines, of problems that are told', () => {
    expect(problems(new Uint8Array(FILE_LIMITS.fileMaxBytes + 1))).toEqual(['0 file_too_long']);
    const many = 'a=1\n'.repeat(FILE_LIMITS.linesMax);
    expect(problems(many)[0]).toBe(`${FILE_LIMITS.linesMax + 1} too_many_lines`);
    expect(problems(many)).toHaveLength(FILE_LIMITS.problemsMax);
  });

  it('cannot touch what it does not own', () => {
    expect([...readProperties('__proto__ = x\nconstructor = y').properties.keys()]).toEqual([
      '__proto__',
      'constructor',
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

const special = fc.constantFrom(...'\\=:#!"\' \t\n\r\fun0eé\u00a0\ufeff\u2028'.split(''), '\ud83d', '\ude00');
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
const text = fc.oneof(
  fc.string({ unit: special, maxLength: 12 }),
  fc.string({ unit: anyUnit, maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
const key = fc.oneof(
  text.filter((word) => word !== ''),
  fc.constantFrom('organization.name', 'subs.un', 'service.x', 'metrics.http.2020.months'),
);
const entries = fc.uniqueArray(fc.record({ key, value: text }), { selector: (entry) => entry.key, maxLength: 12 });

describe('writing', () => {
  it('gives back the same keys and values in the same order, whatever is in them', () => {
    fc.assert(
      fc.property(entries, (written) => {
        const { properties, problems } = readProperties(new TextEncoder().encode(writeProperties(written)));
        expect([...properties.values()].map(({ key, value }) => ({ key, value }))).toEqual(written);
        expect(problems).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('reads like what was read, from any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), text), (source) => {
        const once = values(source);
        expect(values(writeProperties([...readProperties(source).properties.values()]))).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  it('puts a comment before each section', () => {
    const lines = writeProperties([
      { key: 'file.class', value: 'Service' },
      { key: 'service.name', value: 'Pads' },
      { key: 'service.website', value: 'https://pads.example.org/' },
      { key: 'x', value: '' },
    ]);
    expect(lines).toBe(
      '# [File]\nfile.class = Service\n\n# [Service]\nservice.name = Pads\nservice.website = https://pads.example.org/\n\nx =\n',
    );
  });
});
