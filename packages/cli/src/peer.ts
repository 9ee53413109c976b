/** Another host: who it says it is, compared by people, and written into the settings. */
import { PROBE_FAILURES, Prober } from '@archipel/directory/probe';
import type { Bytes, Manifest } from '@archipel/protocol';
import { checkManifest, fingerprintOf, hostIdOf, isLoopbackOrigin, isOrigin, toHex } from '@archipel/protocol';
import type { ServerConfig, Settings } from '@archipel/relay/admin';
import { commandConfig, findSettings, StartError, verify } from '@archipel/relay/admin';
import { readSettingsFile, writeSettingsFile } from './settings-file.ts';
import type { Terminal } from './terminal.ts';

const DONE = 0;
const FAILED = 1;
const MANIFEST_PATH = '/.well-known/archipel/manifest';
const NETWORK_EXAMPLE = '"network": { "url": "https://pads.example.org", "people": 200 }';
const OK = 200;

export interface PeerOptions {
  url: string;
  /** What somebody was told of it; empty: it is only shown. */
  fingerprint: string;
  isRemoval: boolean;
}

/** Why nothing was written, as a sentence. */
class PeerError extends Error {}

interface Network {
  url: string;
  peers: readonly { id: string; url: string }[];
}
interface Own {
  config: ServerConfig;
  network: Network;
  file: string;
}

/** The exit code. */
export async function peer({ url, fingerprint, isRemoval }: PeerOptions, terminal: Terminal): Promise<number> {
  try {
    const own = findOwn();
    const address = url.replace(/\/$/, '');
    if (isRemoval) remove(own, address, terminal);
    else if (!isOrigin(address)) throw new PeerError('The address of a host is https://host, without a path.');
    else await meet(own, address, fingerprint, terminal);
    return DONE;
  } catch (error) {
    if (!(error instanceof PeerError || error instanceof StartError)) throw error;
    terminal.complain(error.message);
    return FAILED;
  }
}

function findOwn(): Own {
  const { settings, origin } = findSettings();
  const config = commandConfig({ settings, origin });
  if (config.network === undefined) {
    throw new PeerError(`This host tells others nothing of itself yet: add ${NETWORK_EXAMPLE} to ${origin.file}.`);
  }
  return { config, network: config.network, file: origin.file };
}

async function meet(own: Own, address: string, told: string, terminal: Terminal): Promise<void> {
  const { hostId, manifest } = await ask(own, address);
  const fingerprint = fingerprintOf(hostId);
  for (const line of linesOf(manifest)) terminal.say(line);
  terminal.say(`  fingerprint   ${fingerprint}`);
  if (told === '') {
    terminal.say('');
    terminal.say('Ask whoever runs it for its fingerprint by another way than this. When it is the same, type:');
    terminal.say(`  npm run archipel -- peer --url ${address} --fingerprint ${fingerprint}`);
    return;
  }
  if (plain(told) !== plain(fingerprint)) {
    throw new PeerError('That is not the fingerprint you were told: this may be another host. Nothing is changed.');
  }
  const others = own.network.peers.filter((known) => known.url !== address && known.id !== toHex(hostId));
  write(own, [...others, { id: toHex(hostId), url: address }]);
  terminal.say(`${own.file} says so now. It counts from the next start on.`);
}

function remove(own: Own, address: string, terminal: Terminal): void {
  const others = own.network.peers.filter((known) => known.url !== address);
  if (others.length === own.network.peers.length) throw new PeerError(`${own.file} does not know ${address}.`);
  write(own, others);
  terminal.say(`${own.file} says so now. It counts from the next start on.`);
}

function write({ file }: Own, peers: Network['peers']): void {
  const settings = readSettingsFile(file);
  const { network } = settings as Settings & { network: NonNullable<Settings['network']> };
  writeSettingsFile(file, { ...settings, network: { ...network, peers: [...peers] } });
}

async function ask({ config, network }: Own, address: string): Promise<{ hostId: Bytes; manifest: Manifest }> {
  const prober = new Prober({
    version: config.version,
    aboutUrl: network.url,
    // Hosts that are all on one machine may know each other.
    allowLoopback: isLoopbackOrigin(network.url),
  });
  const answer = await prober.get(`${address}${MANIFEST_PATH}`);
  if (answer.kind === 'failure') throw new PeerError(`${address} cannot be asked: ${PROBE_FAILURES[answer.code]}.`);
  if (answer.status !== OK) throw new PeerError(`${address} tells others nothing of itself (${answer.status}).`);
  const checked = await checkManifest(answer.body, { nowSeconds: Math.floor(Date.now() / 1000) }, verify);
  if (!checked.ok) throw new PeerError(`What ${address} says of itself is not right (${checked.error}).`);
  const { key, fact } = checked.value;
  if (fact.url !== address) throw new PeerError(`${address} says that it is ${fact.url}: use that address.`);
  return { hostId: hostIdOf(key), manifest: fact };
}

function linesOf({ name, organisation, contact, country, services, software, softwareVersion }: Manifest): string[] {
  const facts = [
    ['run by', organisation],
    ['contact', contact],
    ['country', country === 'ZZ' ? '' : country],
    ['room for', services.map(({ service, capacity }) => `${capacity} people (${service})`).join(', ')],
    ['software', `${software} ${softwareVersion}`],
  ];
  const filled = facts.filter(([, value]) => value !== '');
  return [name, ...filled.map(([what = '', value = '']) => `  ${what.padEnd(13)} ${value}`)];
}

/** Letters and digits alone: people write them down with spaces, and in small letters. */
function plain(fingerprint: string): string {
  return fingerprint.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
