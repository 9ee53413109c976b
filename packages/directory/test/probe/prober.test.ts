import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type GetOutcome, type PingOutcome, PROBE_LIMITS } from '../../src/probe/index.ts';
import { datagramPeer, drip, type Habits, ok, peer, prober, redirect, SOON_MS, says } from './peers.ts';

const MIB = 1024 * 1024;

/** `stage code` of a failure, `status body` of an answer. */
function told(outcome: GetOutcome | PingOutcome): string {
  if (outcome.kind === 'failure') return `${outcome.stage} ${outcome.code}`;
  const text = new TextDecoder().decode(outcome.body);
  return outcome.kind === 'http' ? `${outcome.status} ${text}` : text;
}

describe('an answer', () => {
  it('is its status, headers and bytes', async () => {
    const { url } = await says(ok('hello', ['X-Two: a', 'X-Two: b']));
    const outcome = await prober().get(url);
    expect(told(outcome)).toBe('200 hello');
    expect(outcome.kind === 'http' && outcome.headers.get('x-two')).toBe('a, b');
    expect(outcome.kind === 'http' && outcome.url).toBe(url);
  });

  it('may be in pieces, or end with the connection, or be an error', async () => {
    const chunked = await says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
    const unmeasured = await says('HTTP/1.0 200 OK\r\n\r\nhello');
    const missing = await says('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    const outcomes = [chunked, unmeasured, missing].map(async ({ url }) => told(await prober().get(url)));
    expect(await Promise.all(outcomes)).toEqual(['200 hello', '200 hello', '404 ']);
  });

  it('is asked for by one who says who it is, and wants nothing compressed', async () => {
    const { url, heard } = await says(ok(''));
    await prober().get(`${url}status.php?a=b%20c#part`);
    const lines = heard[0]?.split('\r\n') ?? [];
    expect(lines[0]).toBe('GET /status.php?a=b%20c HTTP/1.1');
    expect(lines).toContain('User-Agent: Archipel/1.2.3 (+https://archipel.example/probe)');
    expect(lines).toContain('Accept-Encoding: identity');
    expect(lines).toContain(`Host: ${new URL(url).host}`);
    expect(lines.filter((line) => /^(cookie|authorization|referer):/i.test(line))).toEqual([]);
  });
});

describe('an answer that is too large', () => {
  it('of 10 MB announced is not read at all', async () => {
    const { url } = await peer({
      talk: (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${10 * MIB}\r\n\r\n`),
    });
    expect(told(await prober().get(url))).toBe('headers too_large');
  });

  it('of 10 MB in pieces is left after the limit', async () => {
    const big = await peer({
      talk: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        socket.end(`${MIB.toString(16)}\r\n${'x'.repeat(MIB)}\r\n`.repeat(10));
      },
    });
    expect(told(await prober().get(big.url))).toBe('body too_large');
    await expect.poll(() => big.open).toBe(0);
  });

  it('by one byte is refused; one as large as the limit is read', async () => {
    const limit = 1000;
    const exact = await says(`HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(limit)}`);
    const over = await says(`HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(limit + 1)}`);
    const asker = prober({ limits: { bodyMaxBytes: limit } });
    expect((await asker.get(exact.url)).kind).toBe('http');
    expect(told(await asker.get(over.url))).toBe('body too_large');
  });

  it('in its headers is refused too', async () => {
    const { url } = await says(`HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(2 * PROBE_LIMITS.headersMaxBytes)}\r\n\r\n`);
    expect(told(await prober().get(url))).toBe('headers too_large');
  });

  it('when unpacked is never unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * MIB));
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${bomb.length}\r\n`;
    const declared = await says(Buffer.concat([Buffer.from(`${head}Content-Encoding: gzip\r\n\r\n`), bomb]));
    const transfer = await says('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n');
    const silent = await says(Buffer.concat([Buffer.from(`${head}\r\n`), bomb]));
    expect(told(await prober().get(declared.url))).toBe('headers encoded_body');
    expect(told(await prober().get(transfer.url))).toBe('headers encoded_body');
    const outcome = await prober().get(silent.url);
    expect(outcome.kind === 'http' && outcome.body.length).toBe(bomb.length);
  });
});

describe('an answer that does not come', () => {
  it.each<[string, Habits]>([
    ['nothing is said', {}],
    [
      'the status line drips',
      {
        talk: (socket) => {
          socket.write('HTTP/1.1 200 O');
          drip(socket, 'K');
        },
      },
    ],
    [
      'headers drip',
      {
        talk: (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n');
          drip(socket, 'X-A: b\r\n');
        },
      },
    ],
    ['one interim answer follows the other', { talk: (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n') }],
  ])('because %s', async (_why, habits) => {
    const slow = await peer(habits);
    expect(told(await prober({ limits: { headersMs: SOON_MS } }).get(slow.url))).toBe('headers timeout');
    await expect.poll(() => slow.open).toBe(0);
  });

  it('because the body drips', async () => {
    const slow = await peer({
      talk: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
        drip(socket, 'x');
      },
    });
    expect(told(await prober({ limits: { bodyMs: SOON_MS } }).get(slow.url))).toBe('body timeout');
    await expect.poll(() => slow.open).toBe(0);
  });

  it('in the time for all of it, however it is spread over redirects', async () => {
    const slow = await peer({
      talk: (socket, request) => {
        const hop = Number(/\/(\d+)/.exec(request)?.[1] ?? 0);
        setTimeout(() => socket.end(redirect(`/${hop + 1}`)), 150);
      },
    });
    expect(told(await prober({ limits: { totalMs: 400 } }).get(slow.url))).toBe('headers timeout');
  });

  it('because its name is never looked up', async () => {
    const asker = prober({ resolver: () => new Promise(() => undefined), limits: { resolveMs: 100 } });
    expect(told(await asker.get('http://slow.example/'))).toBe('resolve timeout');
    expect(told(await asker.ping('slow.example', 64_738, new Uint8Array(12)))).toBe('resolve timeout');
  });

  it('because the caller no longer wants it', async () => {
    const slow = await peer({});
    const stop = new AbortController();
    const outcome = prober().get(slow.url, stop.signal);
    await expect.poll(() => slow.open).toBe(1);
    stop.abort();
    expect(told(await outcome)).toBe('headers stopped');
    await expect.poll(() => slow.open).toBe(0);
    expect(told(await prober().get(slow.url, stop.signal))).toBe('wait stopped');
  });
});

describe('an answer that breaks off', () => {
  it.each<[string, Habits, string]>([
    ['closed at once', { greet: (socket) => socket.end() }, 'headers connection_lost'],
    ['closed after the request', { talk: (socket) => socket.end() }, 'headers connection_lost'],
    ['reset', { talk: (socket) => socket.resetAndDestroy() }, 'headers connection_lost'],
    ['closed in the headers', { talk: (socket) => socket.end('HTTP/1.1 200 OK\r\nX-A: ') }, 'headers connection_lost'],
    [
      'closed in the body',
      { talk: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf') },
      'body connection_lost',
    ],
    [
      'closed in a piece',
      {
        talk: (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf'),
      },
      'body connection_lost',
    ],
    [
      'another protocol that was not asked for',
      {
        talk: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
      },
      'headers connection_lost',
    ],
  ])('is lost: %s', async (_how, habits, expected) => {
    const { url } = await peer(habits);
    expect(told(await prober().get(url))).toBe(expected);
  });

  it('in the middle of its body is lost when reset', async () => {
    const { url } = await peer({
      talk: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf');
        setTimeout(() => socket.resetAndDestroy(), 50);
      },
    });
    expect(told(await prober().get(url))).toBe('body connection_lost');
  });
});

describe('an answer that is not HTTP', () => {
  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'headers bad_http'],
    ['bytes', '\u0000\u0001\u0002\u0003', 'headers bad_http'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 'headers bad_http'],
    [
      'a length and pieces',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'headers bad_http',
    ],
    ['a piece without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello', 'body bad_http'],
  ])('%s', async (_what, answer, expected) => {
    const { url } = await says(answer);
    expect(told(await prober().get(url))).toBe(expected);
  });
});

describe('redirects', () => {
  it('are followed, three at most', async () => {
    const steps = await peer({
      talk: (socket, request) => {
        const hop = Number(/^GET \/(\d+)/.exec(request)?.[1] ?? 0);
        socket.end(hop === 0 ? ok('there') : redirect(`/${hop - 1}`, [301, 302, 303, 307, 308][hop]));
      },
    });
    const outcome = await prober().get(`${steps.url}3`);
    expect(told(outcome)).toBe('200 there');
    expect(outcome.kind === 'http' && outcome.url).toBe(`${steps.url}0`);
    expect(told(await prober().get(`${steps.url}4`))).toBe('headers too_many_redirects');
  });

  it('without end come to an end', async () => {
    const endless = await peer({ talk: (socket) => socket.end(redirect('/again')) });
    expect(told(await prober().get(endless.url))).toBe('headers too_many_redirects');
    expect(endless.heard).toHaveLength(4);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:8080/',
    'http://127.0.0.2/',
    'http://10.0.0.1/',
    'http://2852039166/',
    'http://0251.0376.0251.0376/',
    'http://0xa9.0xfe.0xa9.0xfe/',
    'http://0xA9FEA9FE/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:7f00:1]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://0/',
    'http://inner.example/',
    '//inner.example/',
  ])('to %s are refused', async (location) => {
    const { url } = await says(redirect(location));
    const asker = prober({ resolver: async () => ['192.168.1.7', 'fd00::7'] });
    expect(told(await asker.get(url))).toBe('resolve refused_address');
  });

  it.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:70/',
    'http://user:secret@example.org/',
    'http://',
  ])('to %s are no web addresses', async (location) => {
    const { url } = await says(redirect(location));
    expect(told(await prober().get(url))).toBe('headers bad_redirect');
  });

  it('and addresses have a limit', async () => {
    const long = `http://example.org/${'x'.repeat(PROBE_LIMITS.urlMaxChars)}`;
    const { url } = await says(redirect(long));
    expect(told(await prober().get(url))).toBe('headers bad_redirect');
    expect(told(await prober().get(long))).toBe('url bad_url');
  });

  it('without a place are answers', async () => {
    const { url } = await says('HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n');
    expect(told(await prober().get(url))).toBe('302 ');
  });
});

describe('an address', () => {
  it('of this machine is refused unless it is allowed, and nobody is connected to', async () => {
    const { url, heard, port } = await says(ok('secret'));
    const asker = prober({ allowLoopback: false, resolver: async () => ['127.0.0.1', '::1'] });
    const spellings = [url, `http://0x7f.1:${port}/`, `http://0177.0.0.1:${port}/`, `http://2130706433:${port}/`];
    const others = [`http://[::ffff:127.0.0.1]:${port}/`, `http://[::1]:${port}/`, `http://localhost:${port}/`];
    for (const spelling of [...spellings, ...others]) {
      expect(told(await asker.get(spelling))).toBe('resolve refused_address');
    }
    expect(heard).toEqual([]);
  });

  it('is asked for once, and connected to as it was checked', async () => {
    const { port, heard } = await says(ok('hello'));
    const answers = [['127.0.0.1'], ['10.0.0.1'], ['169.254.169.254']];
    const names: string[] = [];
    const resolver = async (name: string) => {
      names.push(name);
      return answers.shift() ?? [];
    };
    const asker = prober({ resolver });
    expect(told(await asker.get(`http://rebind.example:${port}/`))).toBe('200 hello');
    expect(names).toEqual(['rebind.example']);
    expect(heard[0]).toContain(`Host: rebind.example:${port}\r\n`);
    expect(told(await asker.get(`http://rebind.example:${port}/`))).toBe('resolve refused_address');
  });

  it('among several is taken when it is allowed, and the next when nobody is there', async () => {
    const { port } = await says(ok('hello'));
    const mixed = prober({ resolver: async () => ['10.0.0.1', '127.0.0.1'] });
    expect(told(await mixed.get(`http://two.example:${port}/`))).toBe('200 hello');
    const both = prober({ allowLoopback: true, resolver: async () => ['::1', '127.0.0.1'] });
    expect(told(await both.get(`http://two.example:${port}/`))).toBe('200 hello');
  });

  it('of a name that has none, or cannot be looked up', async () => {
    expect(told(await prober().get('http://none.example/'))).toBe('resolve no_such_name');
    expect(told(await prober({ resolver: async () => [] }).get('http://none.example/'))).toBe('resolve no_such_name');
    const broken = prober({ resolver: () => Promise.reject(Object.assign(new Error('x'), { code: 'EAI_AGAIN' })) });
    expect(told(await broken.get('http://none.example/'))).toBe('resolve resolver_failed');
  });

  it('where nobody listens is unreachable', async () => {
    const { url } = await closedPeer();
    expect(told(await prober().get(url))).toBe('connect unreachable');
  });

  it.each([
    '',
    'example.org',
    'ftp://example.org/',
    'javascript:alert(1)',
    'http://user@example.org/',
    'http://:secret@example.org/',
    'http://example.org:22/',
    'https://example.org:25/',
  ])('that is not for the web is refused: %j', async (url) => {
    expect(told(await prober({ allowLoopback: false }).get(url))).toBe('url bad_url');
  });
});

/** A port that was free a moment ago. */
async function closedPeer(): Promise<{ url: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` };
}

describe('one host', () => {
  it('is asked by few at once, under whatever names, and the others wait', async () => {
    let running = 0;
    let runningMost = 0;
    const busy = await peer({
      talk: (socket) => {
        running += 1;
        runningMost = Math.max(runningMost, running);
        setTimeout(() => {
          running -= 1;
          socket.end(ok('hello'));
        }, 40);
      },
    });
    const asker = prober({ resolver: async () => ['127.0.0.1'] });
    const names = Array.from({ length: 8 }, (_, index) => `http://name${index}.example:${busy.port}/`);
    const outcomes = await Promise.all(names.map((url) => asker.get(url)));
    expect(outcomes.map(told)).toEqual(names.map(() => '200 hello'));
    expect(runningMost).toBeLessThanOrEqual(PROBE_LIMITS.probesPerHost);
  });

  it('is busy when too many wait, and free again when they have gone', async () => {
    const slow = await peer({});
    const asker = prober({ limits: { probesPerHost: 1, waitingPerHost: 1, headersMs: SOON_MS } });
    const outcomes = await Promise.all([1, 2, 3].map(() => asker.get(slow.url)));
    expect(outcomes.map(told)).toEqual(['headers timeout', 'headers timeout', 'wait busy']);
    expect(told(await asker.get(slow.url))).toBe('headers timeout');
  });

  it('does not keep those who wait longer than their time', async () => {
    const slow = await peer({});
    const asker = prober({ limits: { probesPerHost: 1, waitMs: 50, headersMs: SOON_MS } });
    const outcomes = await Promise.all([1, 2].map(() => asker.get(slow.url)));
    expect(outcomes.map(told)).toEqual(['headers timeout', 'wait timeout']);
    expect(slow.heard).toHaveLength(1);
  });
});

describe('a datagram', () => {
  it('is answered, or not, or by too much', async () => {
    const echo = await datagramPeer((message) => message);
    const silent = await datagramPeer(() => undefined);
    const large = await datagramPeer(() => new Uint8Array(PROBE_LIMITS.datagramMaxBytes + 1));
    const payload = new TextEncoder().encode('hello');
    const asker = prober({ limits: { datagramMs: SOON_MS } });
    const at = async (port: number) => told(await asker.ping('127.0.0.1', port, payload));
    expect(await Promise.all([at(echo), at(silent), at(large)])).toEqual([
      'hello',
      'datagram timeout',
      'datagram too_large',
    ]);
  });

  it('goes to public addresses only', async () => {
    const asker = prober({ allowLoopback: false, resolver: async () => ['10.1.2.3'] });
    for (const host of ['127.0.0.1', '0x7f.1', '[::1]', 'voice.example']) {
      expect(told(await asker.ping(host, 64_738, new Uint8Array(12)))).toBe('resolve refused_address');
    }
  });

  it.each([
    ['user@example.org', 64_738],
    ['example.org/path', 64_738],
    ['example.org:1234', 64_738],
    ['', 64_738],
    ['example.org', 0],
    ['example.org', 53],
    ['example.org', 65_536],
    ['example.org', 1.5],
  ])('to %j at port %d is refused', async (host, port) => {
    expect(told(await prober({ allowLoopback: false }).ping(host, port, new Uint8Array(12)))).toBe('url bad_url');
  });
});
