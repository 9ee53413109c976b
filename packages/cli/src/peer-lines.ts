/** What a host says of itself, and what was agreed with it, as lines for people. */
import type { Manifest } from '@archipel/protocol';
import { PEER_DEFAULTS } from '@archipel/relay/admin';

type Fact = readonly [what: string, value: string];

/** As in the settings, where both may be left out. */
export interface Agreement {
  copies?: boolean | undefined;
  perDay?: number | undefined;
  /** What it has taken down is taken down here, too. */
  follow?: boolean | undefined;
}

const BYTES_PER_GB = 1_000_000_000;

export function linesOf(manifest: Manifest, fingerprint: string): string[] {
  const { name, organisation, contact, country, services, limits, welcome, retentionDays, legalUrl } = manifest;
  const { software, softwareVersion } = manifest;
  const facts: Fact[] = [
    ['run by', organisation],
    ['contact', contact],
    ['country', country === 'ZZ' ? '' : country],
    ['room for', services.map(({ service, capacity }) => `${capacity} people (${service})`).join(', ')],
    ['takes', limits.map(limitOf).join(', ')],
    ['welcomes', welcome.join(', ')],
    ['keeps', retentionDays === 0 ? 'documents until they are deleted' : `documents for up to ${retentionDays} days`],
    ['terms', legalUrl],
    ['software', `${software} ${softwareVersion}`],
    ['fingerprint', fingerprint],
  ];
  return [name, ...facts.filter(([, value]) => value !== '').map(line)];
}

export function agreementLines({
  copies = PEER_DEFAULTS.copies,
  perDay = PEER_DEFAULTS.perDay,
  follow = PEER_DEFAULTS.follow,
}: Agreement): string[] {
  const facts: Fact[] = [
    ['copies', copies ? "yes: each keeps copies of the other's documents" : 'no'],
    ['per day', `${perDay} documents that it may create here or have copied here`],
    ['follow', follow ? 'yes: what it takes down is taken down here, too' : 'no'],
  ];
  return ['What is agreed with it, on the side of your host:', ...facts.map(line)];
}

function line([what, value]: Fact): string {
  return `  ${what.padEnd(13)} ${value}`;
}

function limitOf({ name, value }: Manifest['limits'][number]): string {
  if (name === 'docs.per-day') return `${value} new documents a day`;
  if (name === 'files.bytes') return value === 0 ? 'no files' : `${value / BYTES_PER_GB} GB of files`;
  return `${name} ${value}`;
}
