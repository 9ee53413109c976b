/** A host's facts as the files that French hosts publish under /.well-known/chatonsinfos/. */
import type { Position, Registration } from './file.ts';

/** The version of the format that our files follow. */
const PROTOCOL = 'ChatonsInfos-0.5';

export interface PlainProperty {
  key: string;
  value: string;
}

export interface FileFacts {
  writtenAtMs: number;
  /** Such as `Archipel/1.0.0`. */
  generator: string;
}

export interface OrganisationFacts {
  name: string;
  description?: string;
  url: string;
  contactEmail?: string;
  contactUrl?: string;
  legalUrl?: string;
  /** Two letters. */
  country?: string;
  position?: Position;
  startDate?: string;
  /** Its service files, by a name of letters, digits and -. */
  services: readonly { name: string; url: string }[];
}

export interface ServiceFacts {
  name: string;
  description?: string;
  url: string;
  contactEmail?: string;
  contactUrl?: string;
  legalUrl?: string;
  startDate?: string;
  registration: Registration;
  isFull: boolean;
  isDraining: boolean;
  software: { name: string; version: string; url: string; license: string; sourceUrl: string };
  host?: { name?: string; country?: string };
}

export function organisationProperties(file: FileFacts, facts: OrganisationFacts): readonly PlainProperty[] {
  const { services, position } = facts;
  return known([
    ...fileProperties('Organization', file),
    ...aboutProperties('organization', facts),
    ['organization.status.level', 'ACTIVE'],
    ['organization.country.code', facts.country],
    ['organization.geolocation.latitude', position?.latitude.toString()],
    ['organization.geolocation.longitude', position?.longitude.toString()],
    ...services.map(({ name, url }): Entry => [`subs.${subName(name)}`, url]),
  ]);
}

export function serviceProperties(file: FileFacts, facts: ServiceFacts): readonly PlainProperty[] {
  const { software, host } = facts;
  return known([
    ...fileProperties('Service', file),
    ...aboutProperties('service', facts),
    ['service.status.level', facts.isDraining ? 'WARNING' : 'OK'],
    ['service.registration', facts.registration],
    ['service.registration.load', facts.isFull || facts.isDraining ? 'FULL' : 'OPEN'],
    ['software.name', software.name],
    ['software.website', software.url],
    ['software.license.name', software.license],
    ['software.version', software.version],
    ['software.source.url', software.sourceUrl],
    ['host.name', host?.name],
    ['host.country.code', host?.country],
  ]);
}

type Entry = [key: string, value: string | undefined];

function fileProperties(className: string, { writtenAtMs, generator }: FileFacts): Entry[] {
  return [
    ['file.class', className],
    ['file.protocol', PROTOCOL],
    ['file.datetime', new Date(writtenAtMs).toISOString().slice(0, 19)],
    ['file.generator', generator],
  ];
}

function aboutProperties(section: string, facts: OrganisationFacts | ServiceFacts): Entry[] {
  return [
    [`${section}.name`, facts.name],
    [`${section}.description`, facts.description],
    [`${section}.website`, facts.url],
    [`${section}.contact.url`, facts.contactUrl],
    [`${section}.contact.email`, facts.contactEmail],
    [`${section}.legal.url`, facts.legalUrl],
    [`${section}.startdate`, facts.startDate],
  ];
}

function subName(name: string): string {
  return name.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-+|-+$/g, '') || 'service';
}

/** An empty value would say nothing. */
function known(entries: readonly Entry[]): readonly PlainProperty[] {
  return entries.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [{ key, value }]));
}
