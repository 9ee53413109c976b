import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBE_LIMITS } from '../../src/probe/index.ts';
import { CATALOGUE, newDocumentUrl, type Software, softwareById, softwareByName } from '../../src/third-party/index.ts';
import { failed, html, http, IDENT, json, NOW_MS, play } from './recorded.ts';

function known(id: string): Software {
  const software = softwareById(id);
  if (software === undefined) throw new Error(`${id} is not in the catalogue`);
  return software;
}

describe('Etherpad', () => {
  const stats = {
    memoryUsage: 123_456_789,
    memoryUsageHeap: 45_678_901,
    totalUsers: 17,
    activePads: 5,
    httpStartTime: 1,
  };

  it('2: health, version and load', () => {
    const health = json({ status: 'pass', releaseId: '2.2.7' }, 200, { 'content-type': 'application/health+json' });
    expect(play(known('etherpad'), { '/health': health, '/stats': json(stats) }).reading).toMatchObject({
      health: 'up',
      version: '2.2.7',
      access: 'open',
      load: { users: 17, documents: 5, memoryBytes: 123_456_789 },
    });
  });

  it('with figures switched off', () => {
    const health = json({ status: 'pass', releaseId: '2.2.7' });
    expect(play(known('etherpad'), { '/health': health }).reading).toMatchObject({ health: 'up', load: {} });
  });

  it('1.8, which has no health', () => {
    const { totalUsers, memoryUsage } = stats;
    expect(play(known('etherpad'), { '/stats': json({ totalUsers, memoryUsage }) }).reading).toMatchObject({
      health: 'up',
      version: undefined,
      load: { users: 17 },
    });
  });

  it('1.8.14 as it ran here', () => {
    const recorded = readFileSync(new URL('./recorded/etherpad-1.8.14-stats.json', import.meta.url), 'utf8');
    expect(play(known('etherpad'), { '/stats': http(200, recorded) }).reading).toMatchObject({
      health: 'up',
      load: { users: 0, documents: 0, memoryBytes: 153_866_240 },
    });
  });

  it('1.8 behind a password', () => {
    const closed = http(401, 'Authentication Required', { 'www-authenticate': 'Basic realm="Protected Area"' });
    expect(play(known('etherpad'), { '/health': closed, '/stats': closed }).reading).toMatchObject({
      health: 'up',
      access: 'account',
    });
  });

  it('that fails, or whose proxy finds nobody', () => {
    expect(play(known('etherpad'), { '/health': json({ status: 'fail' }) }).reading.reason).toBe('unhealthy');
    expect(play(known('etherpad'), html('502 Bad Gateway', 502)).reading).toMatchObject({
      health: 'down',
      reason: 'error_status',
    });
  });

  it('whose figures are nonsense', () => {
    const nonsense = json({ totalUsers: -3, activePads: 'many', memoryUsage: { rss: 1 } });
    const { load } = play(known('etherpad'), {
      '/health': json({ status: 'pass', releaseId: {} }),
      '/stats': nonsense,
    }).reading;
    expect(load).toEqual({ users: undefined, documents: undefined, memoryBytes: undefined });
  });
});

describe('EtherCalc', () => {
  it('2026: health, without the version that every build says', () => {
    const health = json({ status: 'ok', version: '0.0.0', now: '2026-11-27T00:00:00.000Z' });
    expect(play(known('ethercalc'), { '/_health': health })).toMatchObject({
      reading: { health: 'up', version: undefined, access: 'open' },
      asked: ['/_health'],
    });
  });

  it('before, which answers with the page of a sheet of that name', () => {
    const sheet = html('EtherCalc');
    expect(play(known('ethercalc'), sheet)).toMatchObject({ reading: { health: 'up' }, asked: ['/_health', '/'] });
  });
});

describe('HedgeDoc', () => {
  const status = {
    onlineNotes: 4,
    onlineUsers: 9,
    distinctOnlineUsers: 7,
    notesCount: 1234,
    registeredUsers: 56,
    onlineRegisteredUsers: 2,
    distinctOnlineRegisteredUsers: 2,
    isConnectionBusy: false,
    connectionSocketQueueLength: 0,
    isDisconnectBusy: false,
    disconnectSocketQueueLength: 0,
  };

  it('1: health, version from a header, load', () => {
    const health = json({ ready: true }, 200, { 'hedgedoc-version': '1.10.0' });
    expect(play(known('hedgedoc'), { '/_health': health, '/status': json(status) }).reading).toMatchObject({
      health: 'up',
      version: '1.10.0',
      load: { users: 9, documents: 4, documentsKept: 1234 },
    });
  });

  it('that ends, with its figures switched off', () => {
    expect(play(known('hedgedoc'), { '/_health': json({ ready: false }) })).toMatchObject({
      reading: { health: 'paused', reason: 'maintenance' },
      asked: ['/_health'],
    });
    const off = { '/_health': json({ ready: true }), '/status': html('403 Forbidden', 403) };
    expect(play(known('hedgedoc'), off).reading).toMatchObject({ health: 'up', load: {} });
  });

  it('CodiMD, which has no health', () => {
    const answer = json(status, 200, { 'codimd-version': '1.6.0' });
    expect(play(known('hedgedoc'), { '/status': answer }).reading).toMatchObject({ health: 'up', version: '1.6.0' });
  });
});

describe('CryptPad', () => {
  const config = {
    requireConf: { waitSeconds: 600, urlArgs: 'ver=5.7.0-1710000000000' },
    websocketPath: '/cryptpad_websocket',
    httpUnsafeOrigin: 'https://pad.example.org',
    adminEmail: 'admin@example.org',
    defaultStorageLimit: 52_428_800,
    maxUploadSize: 20_971_520,
    restrictRegistration: false,
  };
  const define = (value: unknown) =>
    http(200, ['define(function(){', `return ${JSON.stringify(value, null, '\t')}`, '});'].join(';\n'), {
      'content-type': 'text/javascript',
    });

  it('up: version and limit of files', () => {
    const broadcast = define({ curvePublic: 'x', maintenance: undefined });
    expect(
      play(known('cryptpad'), { '/api/config': define(config), '/api/broadcast': broadcast }).reading,
    ).toMatchObject({
      health: 'up',
      version: '5.7.0',
      limits: { fileMaxBytes: 20_971_520 },
    });
  });

  it('in maintenance now, or some day', () => {
    const during = define({ maintenance: { reason: 'x', start: NOW_MS - 1, end: NOW_MS + 1 } });
    const later = define({ maintenance: { reason: 'x', start: NOW_MS + 1, end: NOW_MS + 2 } });
    const at = (broadcast: ReturnType<typeof define>) =>
      play(known('cryptpad'), { '/api/config': define(config), '/api/broadcast': broadcast }).reading.health;
    expect([at(during), at(later)]).toEqual(['paused', 'up']);
  });

  it('in another spelling of the call', () => {
    const text = `define(function () {\n    return ${JSON.stringify(config)};\n});\n`;
    expect(play(known('cryptpad'), { '/api/config': http(200, text) }).reading.health).toBe('up');
  });

  it.each(['define(function(){;\nreturn {"a":', 'define(', 'define(function(){return })', '}}}}{{{{return'])(
    'broken: %j',
    (text) => {
      expect(play(known('cryptpad'), { '/api/config': http(200, text) }).reading).toMatchObject({
        health: 'unknown',
        reason: 'other_software',
      });
    },
  );
});

describe('Send', () => {
  const version = json({ commit: 'abc123', source: 'https://github.com/timvisee/send', version: 'v3.4.23' });
  const limits = { MAX_FILE_SIZE: 2_684_354_560, MAX_DOWNLOADS: 100, MAX_EXPIRE_SECONDS: 604_800 };

  it('up: version and limits', () => {
    const answers = { '/__heartbeat__': http(200, 'OK'), '/__version__': version, '/config': json({ LIMITS: limits }) };
    expect(play(known('send'), answers).reading).toMatchObject({
      health: 'up',
      version: '3.4.23',
      limits: { fileMaxBytes: 2_684_354_560, keepMaxSeconds: 604_800 },
    });
  });

  it('without the page of its limits, and without its store', () => {
    expect(play(known('send'), { '/__heartbeat__': http(200, 'OK'), '/__version__': version }).reading.health).toBe(
      'up',
    );
    expect(play(known('send'), { '/__heartbeat__': http(500, 'Internal Server Error') }).reading).toMatchObject({
      health: 'down',
      reason: 'unhealthy',
    });
  });
});

describe('PsiTransfer', () => {
  const config = {
    retentions: { 'one-time': 'one time download', '3600': '1 Hour', '604800': '1 Week', '4838400': '8 Weeks' },
    defaultRetention: '604800',
    mailTemplate: 'mailto:?subject=File Transfer',
    requireBucketPassword: false,
    maxFileSize: null,
    maxBucketSize: null,
    disableQrCode: false,
  };

  it('up: how long and how large', () => {
    expect(play(known('psitransfer'), { '/config.json': json(config) }).reading).toMatchObject({
      health: 'up',
      access: 'open',
      limits: { fileMaxBytes: undefined, keepMaxSeconds: 4_838_400 },
    });
    const limited = json({ ...config, maxFileSize: 2_147_483_648 });
    expect(play(known('psitransfer'), { '/config.json': limited }).reading.limits.fileMaxBytes).toBe(2_147_483_648);
  });

  it('with a password for uploads', () => {
    expect(play(known('psitransfer'), { '/config.json': http(401, 'Unauthorized') }).reading).toMatchObject({
      health: 'up',
      access: 'password',
    });
    expect(play(known('psitransfer'), { '/config.json': html('Login', 401) }).reading.health).toBe('unknown');
  });
});

describe('Lufi', () => {
  it('with and without its figures', () => {
    const stats = json({ files: 321, deleted: 4567, empty: 100, downloads: 890, timestamp: 1_700_000_000 });
    expect(play(known('lufi'), { '/fullstats': stats }).reading).toMatchObject({
      health: 'up',
      load: { documentsKept: 321 },
    });
    expect(play(known('lufi'), { '/about': html('Lufi is a free software') }).reading.health).toBe('up');
    expect(play(known('lufi'), { '/about': html('Something else') }).reading.health).toBe('unknown');
  });
});

describe('Nextcloud', () => {
  const status = {
    installed: true,
    maintenance: false,
    needsDbUpgrade: false,
    version: '29.0.4.1',
    versionstring: '29.0.4',
    edition: '',
    productname: 'Nextcloud',
    extendedSupport: false,
  };

  it('up, in maintenance, to be upgraded, not installed', () => {
    const at = (changes: Partial<typeof status>, code = 200) =>
      play(known('nextcloud'), { '/status.php': json({ ...status, ...changes }, code) }).reading;
    expect(at({})).toMatchObject({ health: 'up', version: '29.0.4', access: 'account' });
    expect(at({ maintenance: true }, 503)).toMatchObject({ health: 'paused', reason: 'maintenance' });
    expect(at({ needsDbUpgrade: true })).toMatchObject({ health: 'paused' });
    expect(at({ installed: false })).toMatchObject({ health: 'down' });
  });

  it('of an age when figures were text', () => {
    const old = json({
      installed: 'true',
      maintenance: 'false',
      version: '8.2.0.12',
      versionstring: '8.2',
      edition: '',
    });
    expect(play(known('nextcloud'), { '/status.php': old }).reading).toMatchObject({ health: 'up', version: '8.2' });
  });
});

describe('Framadate', () => {
  it('is its start page', () => {
    const start = http(200, '<!DOCTYPE html><a href="https://framadate.org/create_poll.php?type=date">Schedule</a>');
    expect(play(known('framadate'), { '/': start }).reading.health).toBe('up');
    expect(play(known('framadate'), { '/': html('It works!') }).reading.health).toBe('unknown');
  });
});

describe('Jitsi Meet', () => {
  const config = (anonymous: string) =>
    http(
      200,
      `/* eslint-disable */\nvar config = {\n    hosts: {\n        domain: 'meet.example.org',\n${anonymous}    },\n};\n`,
    );

  it('is its settings, which say whether a login begins a room', () => {
    const at = (anonymous: string) => play(known('jitsi'), { '/config.js': config(anonymous) }).reading;
    expect(at("        // anonymousdomain: 'guest.example.com',\n")).toMatchObject({ health: 'up', access: 'unknown' });
    expect(at("        anonymousdomain: 'guest.meet.example.org',\n")).toMatchObject({
      health: 'up',
      access: 'account',
    });
  });

  it('is not any page', () => {
    expect(play(known('jitsi'), { '/config.js': html('var config = {') }).reading.health).toBe('unknown');
  });
});

describe('Mumble', () => {
  const pong = (users: number, most: number, version = [0, 1, 5, 634 & 0xff]) => {
    const body = new Uint8Array(24);
    const view = new DataView(body.buffer);
    body.set(version, 0);
    body.set(IDENT, 4);
    view.setUint32(12, users);
    view.setUint32(16, most);
    view.setUint32(20, 558_000);
    return { kind: 'datagram', body } as const;
  };

  it('says how many are there', () => {
    expect(play(known('mumble'), pong(12, 100, [0, 1, 3, 4]))).toMatchObject({
      reading: { health: 'up', version: '1.3.4', load: { users: 12, usersMax: 100 } },
      asked: ['udp:64738'],
    });
    expect(play(known('mumble'), pong(100, 100)).reading).toMatchObject({ health: 'paused', reason: 'full' });
  });

  it('is asked with twelve bytes', () => {
    const step = known('mumble').probe({ ident: IDENT, nowMs: NOW_MS }).next().value;
    expect(step).toEqual({ kind: 'datagram', port: 64_738, payload: Uint8Array.of(0, 0, 0, 0, ...IDENT) });
  });

  it('is not believed when it answers another question, or too much, or nothing', () => {
    const other = pong(1, 2);
    other.body[7] = 99;
    const answers = [other, { ...pong(1, 2), body: new Uint8Array(25) }, pong(2 ** 31, 2 ** 31), json({})];
    expect(answers.map((answer) => play(known('mumble'), answer).reading.health)).toEqual(answers.map(() => 'unknown'));
    expect(play(known('mumble'), failed('timeout')).reading).toMatchObject({ health: 'down', reason: 'timeout' });
  });
});

describe('Mattermost', () => {
  const header = { 'x-version-id': '9.5.1.9.5.1.0123456789abcdef.false' };

  it('up and unhealthy', () => {
    const ping = {
      AndroidLatestVersion: '',
      AndroidMinVersion: '',
      IosLatestVersion: '',
      IosMinVersion: '',
      status: 'OK',
    };
    const at = (status: string, code: number) =>
      play(known('mattermost'), { '/api/v4/system/ping': json({ ...ping, status }, code, header) }).reading;
    expect(at('OK', 200)).toMatchObject({ health: 'up', version: '9.5.1', access: 'account' });
    expect(at('UNHEALTHY', 500)).toMatchObject({ health: 'down', reason: 'unhealthy' });
  });
});

describe('PeerTube and Mobilizon', () => {
  const links = (...versions: string[]) =>
    json({
      links: versions.map((version) => ({
        rel: `http://nodeinfo.diaspora.software/ns/schema/${version}`,
        href: `https://tube.example.org/nodeinfo/${version}.json`,
      })),
    });
  const document = (name: string, version: string) =>
    json({
      version: '2.0',
      software: { name, version },
      protocols: ['activitypub'],
      openRegistrations: false,
      usage: { users: { total: 321, activeMonth: 45, activeHalfyear: 99 }, localPosts: 1, localComments: 2 },
      metadata: {},
    });

  it('follow the newest link', () => {
    const answers = {
      '/.well-known/nodeinfo': links('1.0', '2.1', '2.0'),
      'https://tube.example.org/nodeinfo/2.1.json': document('peertube', '6.2.1'),
    };
    expect(play(known('peertube'), answers)).toMatchObject({
      reading: { health: 'up', version: '6.2.1', load: { accounts: 321, accountsActive: 45 } },
      asked: ['/.well-known/nodeinfo', 'https://tube.example.org/nodeinfo/2.1.json'],
    });
  });

  it('are not each other, nor anything else', () => {
    const answers = {
      '/.well-known/nodeinfo': links('2.0'),
      'https://tube.example.org/nodeinfo/2.0.json': document('Mobilizon', '4.1.0'),
    };
    expect(play(known('mobilizon'), answers).reading).toMatchObject({ health: 'up', version: '4.1.0' });
    expect(play(known('peertube'), answers).reading.reason).toBe('other_software');
    expect(play(known('peertube'), { '/.well-known/nodeinfo': json({ links: 'none' }) }).reading.health).toBe(
      'unknown',
    );
  });
});

describe('BigBlueButton', () => {
  it.each([
    [
      '3.0.1',
      '<response>\n<returncode>SUCCESS</returncode>\n<version>2.0</version>\n<apiVersion>2.0</apiVersion>\n<bbbVersion><![CDATA[3.0.1]]></bbbVersion>\n</response>',
    ],
    [
      '2.0',
      '<response><returncode>SUCCESS</returncode><version>2.0</version><apiVersion>2.0</apiVersion><bbbVersion/></response>',
    ],
    ['0.81', '<?xml version="1.0"?><response><returncode>SUCCESS</returncode><version>0.81</version></response>'],
  ])('says that it is %s', (version, xml) => {
    expect(play(known('bigbluebutton'), { '/bigbluebutton/api': http(200, xml) }).reading).toMatchObject({
      health: 'up',
      version,
    });
  });

  it('says that it fails, or is a page', () => {
    const at = (text: string) => play(known('bigbluebutton'), { '/bigbluebutton/api': http(200, text) }).reading.health;
    expect(at('<response><returncode>FAILED</returncode></response>')).toBe('down');
    expect(at('<html>hello</html>')).toBe('unknown');
  });
});

describe('every entry', () => {
  const everywhere = [
    html('404 Not Found', 404),
    html('It works!'),
    html('Sign in', 401),
    json(null),
    json([[[]]]),
    json({ links: [{ rel: null }], retentions: 5, ready: 'yes', status: 7, users: {}, requireConf: 1 }),
    http(200, ''),
    http(200, '{"status":"pass"'),
    http(200, '\u0000\ufffd'.repeat(1000)),
    http(204, ''),
    html('Too many requests', 429),
    html('503', 503),
    failed('timeout'),
    { kind: 'datagram', body: new Uint8Array(3) } as const,
  ];

  it.each(CATALOGUE.map((software) => [software.name, software] as const))('%s reads any answer', (_name, software) => {
    for (const answer of everywhere) {
      const { reading } = play(software, answer);
      expect(['up', 'paused', 'down', 'unknown']).toContain(reading.health);
    }
    expect(play(software, failed('bad_tls')).reading).toMatchObject({ health: 'down', reason: 'bad_tls' });
    expect(play(software, html('It works!', 429)).reading).not.toMatchObject({ health: 'up' });
  });

  it.each(CATALOGUE.map((software) => [software.name, software] as const))(
    '%s asks for nothing that makes something',
    (_name, software) => {
      const asked = new Set(everywhere.flatMap((answer) => play(software, answer).asked));
      const makes = new Set(software.purposes.map((purpose) => software.newDocument?.('a-random-name', purpose)));
      const isStart = (place: string) => place === '/';
      expect([...asked].filter((place) => makes.has(place) && !isStart(place))).toEqual([]);
      expect([...asked].filter((place) => /\/=?_?new\b|create/.test(place))).toEqual([]);
    },
  );

  it.each([
    ' ',
    '\n',
    '{',
    '}',
    '[',
    '"',
    '<returncode> ',
    'define(function(){return {',
    '//',
    '/*',
    'config ',
    '<?xml>',
    'é',
  ])('reads an answer as long as the limit, full of %j, at once', (piece) => {
    const long = http(200, piece.repeat(PROBE_LIMITS.bodyMaxBytes / piece.length));
    for (const software of CATALOGUE) expect(play(software, long).reading.health).not.toBe('down');
  });

  it('reads any bytes with any status', () => {
    const answer = fc.record({
      kind: fc.constant('http' as const),
      status: fc.constantFrom(200, 204, 302, 400, 401, 403, 404, 429, 500, 503),
      headers: fc.constant(new Map<string, string>()),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
    });
    fc.assert(
      fc.property(fc.constantFrom(...CATALOGUE), answer, (software, any) => {
        expect(['up', 'paused', 'down', 'unknown']).toContain(play(software, any).reading.health);
      }),
    );
  });

  it('has an id and names of its own', () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(15);
    const names = CATALOGUE.flatMap(({ id, aliases }) => [id, ...aliases.filter((alias) => alias !== id)]);
    expect(new Set(names).size).toBe(names.length);
    for (const { aliases } of CATALOGUE) expect(aliases.every((alias) => /^[a-z0-9]+$/.test(alias))).toBe(true);
  });

  it('is found by the names that lists use', () => {
    const found = [
      'Etherpad Lite',
      'etherpad',
      'Jitsi',
      'CodiMD',
      'Firefox Send',
      'ownCloud',
      'NextCloud',
      'murmur',
      'Word',
    ];
    expect(found.map((name) => softwareByName(name)?.id)).toEqual([
      'etherpad',
      'etherpad',
      'jitsi',
      'hedgedoc',
      'send',
      'nextcloud',
      'nextcloud',
      'mumble',
      undefined,
    ]);
  });
});

describe('the address of a new document', () => {
  const name = 'x7Qd-93_kfPz';
  const at = (id: string, baseUrl: string, purpose?: 'pad' | 'sheet' | 'form') =>
    newDocumentUrl({ software: known(id), baseUrl, name, ...(purpose === undefined ? {} : { purpose }) });

  it.each([
    ['etherpad', 'https://pads.example.org', `https://pads.example.org/p/${name}`],
    ['etherpad', 'https://example.org/pads/?lang=fr#x', `https://example.org/pads/p/${name}`],
    ['ethercalc', 'https://calc.example.org/', `https://calc.example.org/${name}`],
    ['hedgedoc', 'https://md.example.org/', 'https://md.example.org/new'],
    ['cryptpad', 'https://cryptpad.example.org/', 'https://cryptpad.example.org/pad/'],
    ['jitsi', 'https://meet.example.org/', `https://meet.example.org/${name}`],
    ['framadate', 'https://date.example.org/', 'https://date.example.org/create_poll.php?type=date'],
    ['send', 'https://send.example.org/', 'https://send.example.org/'],
    ['mumble', 'mumble://voice.example.org:64740/', 'mumble://voice.example.org:64740/'],
    ['mumble', 'https://voice.example.org:8443/about', 'mumble://voice.example.org/'],
    ['nextcloud', 'https://cloud.example.org/', undefined],
    ['etherpad', 'javascript:alert(1)', undefined],
    ['etherpad', 'https://user:secret@pads.example.org/', undefined],
  ])('of %s at %s', (id, baseUrl, url) => {
    expect(at(id, baseUrl)).toBe(url);
  });

  it('depends on what is to be made', () => {
    expect(at('cryptpad', 'https://c.example/', 'sheet')).toBe('https://c.example/sheet/');
    expect(at('cryptpad', 'https://c.example/', 'form')).toBe('https://c.example/form/');
  });

  it('needs a name that cannot be guessed or leave its place', () => {
    for (const wrong of ['', 'short', '../../admin', 'with spaces in it', 'é'.repeat(9), 'x'.repeat(65)]) {
      expect(() => newDocumentUrl({ software: known('jitsi'), baseUrl: 'https://m.example/', name: wrong })).toThrow(
        RangeError,
      );
    }
  });
});
