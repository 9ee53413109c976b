import { describe, expect, it, onTestFinished } from 'vitest';
import { type Page, serveFile } from '../src/sw/serve.ts';
import { rangeOf, type ServedReply, type ServedWish, servedHeaders } from '../src/sw/served.ts';

const ADDRESS = 'https://archipel.example.org/served/0123';

/** A page that has one file, and tells in `wishes` what it was asked for. */
function pageWith(bytes: Uint8Array<ArrayBuffer>, as: string, wishes: ServedWish[] = [], breaksAfter = 9): Page {
  return {
    postMessage: (_question, [port]) => {
      const own = port as MessagePort;
      onTestFinished(() => own.close());
      const tell = (reply: ServedReply): void => own.postMessage(reply);
      let [at, end, pieces] = [0, 0, 0];
      own.onmessage = ({ data: wish }: MessageEvent<ServedWish>) => {
        wishes.push(wish);
        if (wish.kind === 'open') [at, end] = [wish.start, wish.end];
        if (wish.kind !== 'more') return;
        if (pieces === breaksAfter) return tell({ kind: 'failed' });
        if (at >= end) return tell({ kind: 'end' });
        const piece = bytes.slice(at, Math.min(end, at + 3));
        pieces += 1;
        at += piece.length;
        tell({ kind: 'bytes', bytes: piece });
      };
      tell({ kind: 'facts', facts: { name: 'a', size: bytes.length, as } });
    },
  };
}

const without: Page = {
  postMessage: (_question, [port]) => (port as MessagePort).postMessage({ kind: 'failed' } satisfies ServedReply),
};
const BYTES = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const bytesOf = async (answer: Response): Promise<number[]> => [...new Uint8Array(await answer.arrayBuffer())];

describe('a file that a page serves', () => {
  it('is asked for piece by piece, of the page that has it', async () => {
    const wishes: ServedWish[] = [];
    const answer = await serveFile(new Request(ADDRESS), [without, pageWith(BYTES, 'save', wishes)]);
    expect(answer.status).toBe(200);
    expect(await bytesOf(answer)).toEqual([...BYTES]);
    expect(wishes[0]).toEqual({ kind: 'open', start: 0, end: 10 });
    expect(wishes.filter(({ kind }) => kind === 'more')).toHaveLength(5);
  });

  it('is 404 when no page has it', async () => {
    expect((await serveFile(new Request(ADDRESS), [without])).status).toBe(404);
    expect((await serveFile(new Request(ADDRESS), [])).status).toBe(404);
  });

  it('does not end as a whole one when the page breaks off', async () => {
    const answer = await serveFile(new Request(ADDRESS), [pageWith(BYTES, 'save', [], 2)]);
    await expect(answer.arrayBuffer()).rejects.toThrow('broke it off');
  });

  it('gives a film by ranges, a download never', async () => {
    const request = new Request(ADDRESS, { headers: { range: 'bytes=4-6' } });
    const film = await serveFile(request, [pageWith(BYTES, 'video/mp4')]);
    expect([film.status, film.headers.get('content-range')]).toEqual([206, 'bytes 4-6/10']);
    expect(await bytesOf(film)).toEqual([4, 5, 6]);
    expect((await serveFile(request, [pageWith(BYTES, 'save')])).status).toBe(200);
    const beyond = new Request(ADDRESS, { headers: { range: 'bytes=10-' } });
    expect((await serveFile(beyond, [pageWith(BYTES, 'video/mp4')])).status).toBe(416);
  });
});

it.each([
  [null, undefined],
  ['bytes=0-', { start: 0, end: 10 }],
  ['bytes=9-20', { start: 9, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-30', { start: 0, end: 10 }],
  ['bytes=-0', null],
  ['bytes=10-', null],
  ['bytes=5-2', undefined],
  ['bytes=1-2,4-5', undefined],
  ['bytes=-', undefined],
  ['lines=1-2', undefined],
])('range %s of ten bytes', (header, range) => expect(rangeOf(header, 10)).toEqual(range));

describe('the headers of a served file', () => {
  it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript', 'video/mp4; x', ''])(
    'what is no film, sound or PDF (%s) is only ever saved, as bytes without a type',
    (as) => {
      const headers = servedHeaders({ name: 'x.html', size: 1, as });
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('names in any script are one word that nothing gets out of', () => {
    const headers = servedHeaders({ name: 'a"; filename=evil.exe; \u4eac (1)\'.txt', size: 1, as: 'save' });
    expect(headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''a%22%3B%20filename%3Devil.exe%3B%20%E4%BA%AC%20%281%29%27.txt",
    );
  });

  it('a film is shown, without origin or script where somebody opens it alone', () => {
    const headers = servedHeaders({ name: 'a', size: 10, as: 'video/webm' }, { start: 2, end: 5 });
    expect(headers.get('content-type')).toBe('video/webm');
    expect(headers.get('content-length')).toBe('3');
    expect(headers.get('content-disposition')).toBeNull();
    expect(headers.get('content-security-policy')).toMatch(/sandbox$/);
  });
});
