/** A file of ChatonsInfos as values: who an organisation is, what a service is, which files belong to it. */
import { Fields, webAddress } from './fields.ts';
import type { Metric } from './metrics.ts';
import { readMetrics } from './metrics.ts';
import type { FileProblem } from './problems.ts';
import type { Property } from './properties.ts';
import { readProperties } from './properties.ts';

const CLASSES = ['Federation', 'Organization', 'Service', 'Host', 'Device', 'Metrics'] as const;
const ORGANISATION_STATES = ['ACTIVE', 'IDLE', 'AWAY'] as const;
const SERVICE_STATES = ['OK', 'WARNING', 'ALERT', 'ERROR', 'OVER', 'VOID'] as const;
const REGISTRATIONS = ['None', 'Free', 'Member', 'Client'] as const;
const REGISTRATION_LOADS = ['OPEN', 'FULL'] as const;

export type FileClass = (typeof CLASSES)[number];
export type Registration = (typeof REGISTRATIONS)[number];

/** What organisations, services and federations say alike. */
export interface About {
  name: string | undefined;
  description: string | undefined;
  website: string | undefined;
  logo: string | undefined;
  contactUrl: string | undefined;
  contactEmail: string | undefined;
  legalUrl: string | undefined;
  userGuide: string | undefined;
  startDate: string | undefined;
  endDate: string | undefined;
}

export interface Position {
  latitude: number;
  longitude: number;
}

export interface Organisation extends About {
  status: (typeof ORGANISATION_STATES)[number] | undefined;
  type: string | undefined;
  ownerName: string | undefined;
  countryCode: string | undefined;
  countryName: string | undefined;
  position: Position | undefined;
}

export interface Service extends About {
  /** OVER: ended; VOID: never said. */
  status: (typeof SERVICE_STATES)[number] | undefined;
  registration: readonly Registration[];
  registrationLoad: (typeof REGISTRATION_LOADS)[number] | undefined;
  software: {
    name: string | undefined;
    version: string | undefined;
    website: string | undefined;
    license: string | undefined;
    sourceUrl: string | undefined;
  };
  host: {
    name: string | undefined;
    providerType: string | undefined;
    serverType: string | undefined;
    countryCode: string | undefined;
    countryName: string | undefined;
  };
}

/** Another file that belongs to this one. */
export interface SubFile {
  name: string;
  url: string;
  line: number;
}

export interface ChatonsFile {
  class: FileClass | undefined;
  protocol: string | undefined;
  datetime: string | undefined;
  generator: string | undefined;
  federation: About | undefined;
  organisation: Organisation | undefined;
  service: Service | undefined;
  subs: readonly SubFile[];
  metrics: readonly Metric[];
  /** All that is in the file, known or not. */
  properties: readonly Property[];
  problems: readonly FileProblem[];
}

/** Never throws. Sections that a file has are read whatever its class says. */
export function readChatonsFile(source: Uint8Array | string): ChatonsFile {
  const read = readProperties(source);
  const fields = new Fields(read);
  const found = {
    class: classOf(fields),
    protocol: fields.text('file.protocol'),
    datetime: fields.datetime('file.datetime'),
    generator: fields.text('file.generator'),
    federation: fields.hasSection('federation') ? aboutOf(fields, 'federation') : undefined,
    organisation: fields.hasSection('organization') ? organisationOf(fields) : undefined,
    service: fields.hasSection('service') ? serviceOf(fields) : undefined,
    subs: subsOf(fields),
    metrics: readMetrics(fields),
  };
  return { ...found, properties: [...read.properties.values()], problems: fields.problems };
}

/** A file without one is of the class of the first section it has. */
function classOf(fields: Fields): FileClass | undefined {
  const written = fields.text('file.class');
  const found = CLASSES.find((name) => name.toLowerCase() === written?.toLowerCase());
  if (written !== undefined && found === undefined) {
    const property = fields.all.find(({ key }) => key.toLowerCase() === 'file.class');
    if (property !== undefined) fields.report('unknown_class', property);
  }
  return found ?? CLASSES.find((name) => fields.hasSection(name.toLowerCase()));
}

function aboutOf(fields: Fields, section: 'federation' | 'organization' | 'service'): About {
  return {
    name: fields.requiredText(`${section}.name`),
    description: fields.text(`${section}.description`),
    website: fields.url(`${section}.website`),
    logo: fields.url(`${section}.logo`),
    contactUrl: fields.url(`${section}.contact.url`),
    contactEmail: fields.email(`${section}.contact.email`),
    legalUrl: fields.url(`${section}.legal.url`),
    userGuide: fields.url(`${section}.guide.user`),
    startDate: fields.date(`${section}.startdate`),
    endDate: fields.date(`${section}.enddate`),
  };
}

function organisationOf(fields: Fields): Organisation {
  return {
    ...aboutOf(fields, 'organization'),
    status: fields.choice('organization.status.level', ORGANISATION_STATES),
    type: fields.text('organization.type'),
    ownerName: fields.text('organization.owner.name'),
    countryCode: fields.country('organization.country.code'),
    countryName: fields.text('organization.country.name'),
    position: positionOf(fields),
  };
}

function positionOf(fields: Fields): Position | undefined {
  const latitude = fields.degrees('organization.geolocation.latitude', 90);
  const longitude = fields.degrees('organization.geolocation.longitude', 180);
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

function serviceOf(fields: Fields): Service {
  return {
    ...aboutOf(fields, 'service'),
    status: fields.choice('service.status.level', SERVICE_STATES),
    registration: fields.choices('service.registration', REGISTRATIONS),
    registrationLoad: fields.choice('service.registration.load', REGISTRATION_LOADS),
    software: {
      name: fields.text('software.name'),
      version: fields.text('software.version'),
      website: fields.url('software.website'),
      license: fields.text('software.license.name'),
      sourceUrl: fields.url('software.source.url'),
    },
    host: {
      name: fields.text('host.name'),
      providerType: fields.text('host.provider.type'),
      serverType: fields.text('host.server.type'),
      countryCode: fields.country('host.country.code'),
      countryName: fields.text('host.country.name'),
    },
  };
}

function subsOf(fields: Fields): readonly SubFile[] {
  return fields.all.flatMap((property) => {
    const [, name] = /^subs\.(.+)$/i.exec(property.key) ?? [];
    const text = property.value.trim();
    if (name === undefined || text === '') return [];
    const url = webAddress(text);
    if (url === undefined) fields.report('bad_url', property);
    return url === undefined ? [] : [{ name, url, line: property.line }];
  });
}
