/** Another host: who it says it is, compared by people, and written into the settings. */
import { PROBE_FAILURES, Prober } from '@archipel/directory/probe';
import type { Bytes, Manifest } from '@archipel/protocol';
import { checkManifest, fingerprintOf, hostIdOf, isLoopbackOrigin, isOrigin, toHex } from '@archipel/protocol';
import type { ServerConfig, Settings } from '@archipel/relay/admin';
import { commandConfig, findSettings, ownFingerprint, StartError, verify } from '@archipel/relay/admin';
import { type Agreement, agreementLines, linesOf } from './peer-lines.ts';
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
  /** What is left out stays as it is. */
  agreement: Agreement;
}

/** Why nothing was written, as a sentence. */
class PeerError extends Error {}

type Peer = Agreement & { id: string; url: string };

interface Own {
  config: ServerConfig;
  /** Its own address. */
  aboutUrl: string;
  /** As they are written: what is left out stays left out. */
  peers: readonly Peer[];
  file: string;
}

/** The exit code. */
export async function peer(options: PeerOptions, terminal: Terminal): Promise<number> {
  try {
    const { url, isRemoval } = options;
    const own = findOwn();
    const address = url.replace(/\/$/, '');
    if (isRemoval) remove(own, address, terminal);
    else if (!isOrigin(address)) throw new PeerError('The address of a host is https://host, without a path.');
    else await meet(own, { ...options, url: address }, terminal);
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
  const peers = settings.network?.peers ?? [];
  return { config, aboutUrl: config.network.url, peers, file: origin.file };
}

async function meet(own: Own, options: PeerOptions, terminal: Terminal): Promise<void> {
  const { url, fingerprint: told, agreement } = options;
  const { hostId, manifest } = await ask(own, url);
  const id = toHex(hostId);
  const fingerprint = fingerprintOf(hostId);
  const known = own.peers.find((other) => other.id === id && other.url === url);
  for (const line of linesOf(manifest, fingerprint)) terminal.say(line);
  terminal.say('');
  if (told === '' && known === undefined) return sayHowToCompare(own, { ...options, fingerprint }, terminal);
  if (told !== '' && plain(told) !== plain(fingerprint)) {
    throw new PeerError('That is not the fingerprint you were told: this may be another host. Nothing is changed.');
  }
  const agreed: Peer = { ...known, id, url, ...agreement };
  for (const line of agreementLines(agreed)) terminal.say(line);
  if (told === '' && Object.keys(agreement).length === 0) return;
  const others = own.peers.filter((other) => other.url !== url && other.id !== id);
  write(own, [...others, agreed], terminal);
}

/** Each tells the other theirs. */
function sayHowToCompare({ config }: Own, { url, fingerprint, agreement }: PeerOptions, terminal: Terminal): void {
  const ours = ownFingerprint(config.dataFolder) ?? 'not there yet: it is made when your host is started once';
  const { copies, perDay, follow } = agreement;
  const more = `${copies === undefined ? '' : ` --copies ${copies ? 'yes' : 'no'}`}${perDay === undefined ? '' : ` --per-day ${perDay}`}${follow === undefined ? '' : ` --follow ${follow ? 'yes' : 'no'}`}`;
  terminal.say(`The fingerprint of your own host is ${ours}.`);
  terminal.say(
    'Tell each other both by another way than this, by phone for example. When theirs is the same as here, type:',
  );
  terminal.say(`  npm run archipel -- peer --url ${url} --fingerprint ${fingerprint}${more}`);
}

function remove(own: Own, address: string, terminal: Terminal): void {
  const others = own.peers.filter((known) => known.url !== address);
  if (others.length === own.peers.length) throw new PeerError(`${own.file} does not know ${address}.`);
  write(own, others, terminal);
}

function write({ file }: Own, peers: readonly Peer[], terminal: Terminal): void {
  const settings = readSettingsFile(file);
  const { network } = settings as Settings & { network: NonNullable<Settings['network']> };
  writeSettingsFile(file, { ...settings, network: { ...network, peers: [...peers] } });
  terminal.say(`${file} says so now. It counts from the next start on.`);
}

async function ask({ config, aboutUrl }: Own, address: string): Promise<{ hostId: Bytes; manifest: Manifest }> {
  const prober = new Prober({
    version: config.version,
    aboutUrl,
    // Hosts that are all on one machine may know each other.
    allowLoopback: isLoopbackOrigin(aboutUrl),
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

/** Letters and digits alone: people write them down with spaces, and in small letters. */
function plain(fingerprint: string): string {
  return fingerprint.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
