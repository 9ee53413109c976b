import { describe, expect, it } from 'vitest';
import { readDate } from '../../src/third-party/chatonsinfos/dates.ts';
import {
  organisationProperties,
  readChatonsFile,
  readProperties,
  serviceProperties,
  writeProperties,
} from '../../src/third-party/index.ts';

const ORGANISATION = `# [File]
file.class = organization
file.protocol = ChatonsInfos-0.1
file.datetime = 2020-07-06T14:23:20
file.generator = Christian avec ses doigts

# [Organisation]
organization.name = Chapril
organization.description = Chapril est le chaton de l'April.<br/>Bienvenue !
organization.website = https://www.chapril.org/
organization.logo =
organization.owner.name = April
organization.contact.url = https://www.chapril.org/contact.xhtml
organization.contact.email = contact@chapril.org
organization.startDate = 19/11/2018
organization.status.level = active
organization.country.code = fr
organization.geolocation.latitude = 48,85661
organization.geolocation.longitude = 2.35222
organization.memberof.chatons.startdate = 2018-11-19
organization.something.new = kept

# [Subs]
subs.pad = 'https://www.chapril.org/.well-known/chatonsinfos/pad.properties'
subs.visio = "https://www.chapril.org/.well-known/chatonsinfos/visio.properties"
subs.broken = not a link
subs.later =
`;

const SERVICE = `file.class = Service
service.name = Pad
service.website = https://pad.chapril.org
service.status.level = OK
service.registration = None;free
service.registration.load = OPEN
service.startdate = 2019-09-10
software.name = Etherpad-Lite
software.version = 1.8.18
software.license.name = Apache License Version 2
host.name = April
host.country.code = FR
host.server.type = VIRTUAL
metrics.service.users.name = Utilisateurs
metrics.service.users.2020.months = 12;15;;20
metrics.http.hits.2021.weeks = 1;2;x
`;

describe('an organisation', () => {
  const read = readChatonsFile(ORGANISATION);

  it('is read with all that it says', () => {
    expect(read.class).toBe('Organization');
    expect(read.datetime).toBe('2020-07-06T14:23:20');
    expect(read.organisation).toMatchObject({
      name: 'Chapril',
      description: "Chapril est le chaton de l'April.\nBienvenue !",
      website: 'https://www.chapril.org/',
      logo: undefined,
      contactUrl: 'https://www.chapril.org/contact.xhtml',
      contactEmail: 'contact@chapril.org',
      startDate: '2018-11-19',
      status: 'ACTIVE',
      ownerName: 'April',
      countryCode: 'FR',
      position: { latitude: 48.85661, longitude: 2.35222 },
    });
    expect(read.service).toBeUndefined();
  });

  it('names its other files, each with its line', () => {
    const base = 'https://www.chapril.org/.well-known/chatonsinfos';
    expect(read.subs).toEqual([
      { name: 'pad', url: `${base}/pad.properties`, line: 24 },
      { name: 'visio', url: `${base}/visio.properties`, line: 25 },
    ]);
    expect(read.problems).toEqual([{ code: 'bad_url', severity: 'error', line: 26, key: 'subs.broken' }]);
  });

  it('keeps what is not known, also when it is written again', () => {
    expect(read.properties).toContainEqual({ key: 'organization.something.new', value: 'kept', line: 21 });
    const again = readChatonsFile(writeProperties(read.properties));
    expect(again.properties.map(({ key, value }) => [key, value])).toEqual(
      read.properties.map(({ key, value }) => [key, value]),
    );
    expect(again.organisation).toEqual(read.organisation);
  });
});

describe('a service', () => {
  const read = readChatonsFile(SERVICE);

  it('is read with its software, its host and who may register', () => {
    expect(read.service).toMatchObject({
      name: 'Pad',
      website: 'https://pad.chapril.org/',
      status: 'OK',
      registration: ['None', 'Free'],
      registrationLoad: 'OPEN',
      software: { name: 'Etherpad-Lite', version: '1.8.18', license: 'Apache License Version 2' },
      host: { name: 'April', countryCode: 'FR', serverType: 'VIRTUAL' },
    });
  });

  it('has figures, with gaps where nobody counted', () => {
    expect(read.metrics).toEqual([
      { name: 'service.users', year: 2020, period: 'months', values: [12, 15, undefined, 20] },
      { name: 'http.hits', year: 2021, period: 'weeks', values: [1, 2, undefined] },
    ]);
    expect(read.problems).toEqual([
      { code: 'bad_number', severity: 'error', line: 16, key: 'metrics.http.hits.2021.weeks' },
    ]);
  });
});

describe('a federation', () => {
  it('is read with the files of its members', () => {
    const read = readChatonsFile('federation.name = CHATONS\nsubs.a = https://a.example/x.properties\n');
    expect(read).toMatchObject({ class: 'Federation', federation: { name: 'CHATONS' } });
    expect(read.subs).toHaveLength(1);
  });
});

describe('a file with faults', () => {
  it('says each with its line and its key, and reads the rest', () => {
    const read = readChatonsFile(
      [
        'file.class = Club',
        'organization.website = www.example.org',
        'organization.contact.email = nobody',
        'organization.startdate = 31/02/2020',
        'organization.country.code = France',
        'organization.geolocation.latitude = 148.2',
        'organization.geolocation.longitude = 2,3',
        'organization.status.level = SLEEPING',
        'organization.legal.url = https://user:secret@example.org/',
        'service.registration = None;Everyone',
      ].join('\n'),
    );
    expect(read.problems.map(({ code, line, key }) => `${line} ${code} ${key}`).sort()).toEqual([
      '0 missing organization.name',
      '0 missing service.name',
      '1 unknown_class file.class',
      '10 bad_choice service.registration',
      '2 bad_url organization.website',
      '3 bad_email organization.contact.email',
      '4 bad_date organization.startdate',
      '5 bad_country organization.country.code',
      '6 bad_number organization.geolocation.latitude',
      '8 bad_choice organization.status.level',
      '9 bad_url organization.legal.url',
    ]);
    expect(read.class).toBe('Organization');
    expect(read.organisation?.position).toBeUndefined();
    expect(read.service?.registration).toEqual(['None']);
  });

  it('is nothing at all when it is a page of a website', () => {
    const read = readChatonsFile('<!DOCTYPE html>\n<html lang="fr"><body>404</body></html>\n');
    expect([read.class, read.organisation, read.service, read.federation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(read.problems[0]).toEqual({ code: 'no_separator', severity: 'error', line: 1, key: undefined });
  });

  it.each([
    ['spaces', `organization.description = "${' '.repeat(16_000)}`],
    ['dots', `organization.contact.email = a@${'.'.repeat(16_000)} x`],
    ['line breaks', `organization.description = ${'<br'.repeat(5_000)}`],
    ['backslashes', `organization.name = ${'\\'.repeat(16_000)}`],
    ['quotes', `organization.name = "${'\\"'.repeat(8_000)}`],
  ])('is read at once however many %s it has', (_what, line) => {
    expect(readChatonsFile(`${line}\n`.repeat(15)).properties).toHaveLength(1);
  });
});

describe('dates', () => {
  it.each([
    ['2020-07-06', '2020-07-06', undefined],
    ['2020-7-6', '2020-07-06', undefined],
    ['06/07/2020', '2020-07-06', undefined],
    ['6.7.2020', '2020-07-06', undefined],
    ['2020-07', '2020-07', undefined],
    ['07/2020', '2020-07', undefined],
    ['2020', '2020', undefined],
    ['2020-07-06T14:23:20', '2020-07-06', '14:23:20'],
    ['2020-07-06 14:23', '2020-07-06', '14:23:00'],
    ['06/07/2020 14:23:20', '2020-07-06', '14:23:20'],
    ['2020-07-06T14:23:20.123+02:00', '2020-07-06', '14:23:20+02:00'],
    ['2024-02-29', '2024-02-29', undefined],
  ])('%s is read', (text, date, time) => {
    expect(readDate(text)).toEqual({ date, time });
  });

  it.each(['', 'hier', '2020-13-01', '2023-02-29', '31/04/2020', '2020-07-06T25:00', '20-07-06', '2020/07/06'])(
    '%j is not',
    (text) => {
      expect(readDate(text)).toBeUndefined();
    },
  );
});

describe('the files of a host', () => {
  const file = { writtenAtMs: Date.UTC(2026, 10, 27, 1, 2, 3), generator: 'Archipel/0.1.0' };
  const software = {
    name: 'Archipel',
    version: '0.1.0',
    url: 'https://archipel.example/',
    license: 'AGPL-3.0-or-later',
    sourceUrl: 'https://archipel.example/source',
  };

  it('say who keeps it', () => {
    const written = writeProperties(
      organisationProperties(file, {
        name: 'Îlots = libres',
        description: '',
        url: 'https://ilots.example/',
        contactEmail: 'bonjour@ilots.example',
        country: 'FR',
        position: { latitude: 43.6, longitude: 1.44 },
        services: [{ name: 'pads & co', url: 'https://ilots.example/.well-known/chatonsinfos/pads.properties' }],
      }),
    );
    const read = readChatonsFile(written);
    expect(read.problems).toEqual([]);
    expect(read).toMatchObject({
      class: 'Organization',
      datetime: '2026-11-27T01:02:03',
      organisation: {
        name: 'Îlots = libres',
        description: undefined,
        website: 'https://ilots.example/',
        contactEmail: 'bonjour@ilots.example',
        countryCode: 'FR',
        position: { latitude: 43.6, longitude: 1.44 },
        status: 'ACTIVE',
      },
      subs: [{ name: 'pads-co', url: 'https://ilots.example/.well-known/chatonsinfos/pads.properties' }],
    });
    expect(readProperties(written).properties.has('organization.description')).toBe(false);
  });

  it('say what a service is, and whether it takes more people', () => {
    const facts = {
      name: 'Pads',
      url: 'https://pads.ilots.example/',
      registration: 'None',
      isFull: false,
      software,
    } as const;
    const open = readChatonsFile(writeProperties(serviceProperties(file, { ...facts, isDraining: false })));
    expect(open.problems).toEqual([]);
    expect(open.service).toMatchObject({
      name: 'Pads',
      registration: ['None'],
      registrationLoad: 'OPEN',
      status: 'OK',
      software: { name: 'Archipel', version: '0.1.0', license: 'AGPL-3.0-or-later' },
    });
    const draining = readChatonsFile(writeProperties(serviceProperties(file, { ...facts, isDraining: true })));
    expect(draining.service).toMatchObject({ registrationLoad: 'FULL', status: 'WARNING' });
  });
});
