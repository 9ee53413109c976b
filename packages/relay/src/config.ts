/** The settings of a host: defaults, then archipel.json, then the environment. The only reader of process.env. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeBase64url, PUBLIC_KEY_BYTES } from '@archipel/protocol';
import * as v from 'valibot';
import packageJson from '../package.json' with { type: 'json' };
import { parseNatsServers } from './bus/nats-servers.ts';
import type { LimitName, Limits } from './limits.ts';
import { LIMITS, makeLimits } from './limits.ts';
import type { NetworkSettings } from './network/settings.ts';
import { networkSettings } from './network/settings.ts';
import { StartError } from './start-error.ts';
import type { StorePlace } from './store/places.ts';
import { parsePostgres } from './store/places.ts';

const DAY_SECONDS = 86_400;
const CONFIG_FILE = 'archipel.json';
/** In the data folder. */
export const FILES_FOLDER = 'blobs';

/** What the relay itself needs to know. */
export interface RelayConfig {
  software: string;
  /** `host[:port]` under which this relay is reached; empty: the loopback names, with any port (CON-2). */
  names: readonly string[];
  limits: Limits;
  /** 0: documents may live for ever. */
  maxExpirySeconds: number;
  defaultExpirySeconds: number;
}

/** `servers` may hold passwords. */
export type BusConfig = { kind: 'local' } | { kind: 'nats'; servers: readonly string[]; prefix: string };

/** What the process around it needs. */
export interface ServerConfig extends RelayConfig {
  version: string;
  host: string;
  port: number;
  /** Of the embedded store, and of the socket for commands. */
  dataFolder: string;
  store: StorePlace;
  /** Of the bytes of files; undefined: it keeps none. Processes that share a store share it too. */
  filesFolder: string | undefined;
  /** Whether the settings say where files are. */
  namesFiles: boolean;
  /** Connections to a PostgreSQL store. */
  storePool: number;
  /** What the subjects of a bus begin with. */
  busPrefix: string;
  /** Undefined: nobody wrote them down. */
  origin: SettingsOrigin | undefined;
  bus: BusConfig;
  frontFolder: string;
  /** The client's address is the last of X-Forwarded-For. */
  behindProxy: boolean;
  /** Visitors come by https, through the proxy: browsers are told to stay with it. */
  https: boolean;
  logLevel: string;
  /** Addresses and document ids may appear in the log: for the search of a fault only. */
  logDetail: boolean;
  about: HostAbout;
  /** To which people seal reports (REP-4), in base64url; undefined: they come as they are. */
  reportsKey: string | undefined;
  /** Undefined: it tells other hosts nothing. */
  network: NetworkSettings | undefined;
}

/** What /host.json says to visitors. */
export interface HostAbout {
  name: string;
  operator: string;
  contact: string;
  country: string;
}

const hostName = v.pipe(v.string(), v.regex(/^[a-z0-9.-]+(:\d{1,5})?$/, 'a name is host or host:port, lower case'));
/** NATS goes by names with dots between their parts; spaces, stars and > mean something there. */
const SUBJECT = /^[\w-]+(\.[\w-]+)*$/;
const publicKey = v.pipe(
  v.string(),
  v.check((text) => {
    const bytes = decodeBase64url(text);
    return bytes.ok && bytes.value.length === PUBLIC_KEY_BYTES;
  }, 'a key is what "npm run archipel -- reports --make-key" says'),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const limits = v.strictObject(v.entriesFromList(Object.keys(LIMITS) as [LimitName, ...LimitName[]], v.optional(count)));
const fileSchema = v.strictObject({
  host: v.optional(v.pipe(v.string(), v.nonEmpty()), 'localhost'),
  port: v.optional(v.pipe(count, v.maxValue(65_535)), 4280),
  data: v.optional(v.pipe(v.string(), v.nonEmpty()), './data'),
  store: v.optional(v.string(), ''),
  files: v.optional(v.pipe(v.string(), v.nonEmpty())),
  storePool: v.optional(v.pipe(count, v.minValue(1), v.maxValue(1000)), 8),
  bus: v.optional(v.string(), ''),
  busPrefix: v.optional(
    v.pipe(v.string(), v.regex(SUBJECT, 'a prefix is letters, digits, - and _, with dots between')),
    'archipel',
  ),
  front: v.optional(v.string()),
  names: v.optional(v.array(hostName), []),
  behindProxy: v.optional(v.boolean(), false),
  https: v.optional(v.boolean(), false),
  name: v.optional(v.string(), 'Archipel'),
  operator: v.optional(v.string(), ''),
  contact: v.optional(v.string(), ''),
  country: v.optional(
    v.union([v.literal(''), v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, 'a country is two letters'))]),
    '',
  ),
  maxExpiryDays: v.optional(v.nullable(v.pipe(count, v.minValue(1))), null),
  defaultExpiryDays: v.optional(v.pipe(count, v.minValue(1)), 365),
  logLevel: v.optional(v.picklist(['debug', 'info', 'warn', 'error', 'silent']), 'info'),
  logDetail: v.optional(v.boolean(), false),
  reportsKey: v.optional(publicKey),
  limits: v.optional(limits, {}),
  network: v.optional(networkSettings),
});
export type Settings = v.InferInput<typeof fileSchema>;
type Parsed = v.InferOutput<typeof fileSchema>;

/** Checks settings and fills in the rest; throws StartError with a sentence that names the setting. */
export function makeConfig(settings: Settings = {}, origin?: SettingsOrigin): ServerConfig {
  const parsed = v.safeParse(fileSchema, settings);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new StartError(`The setting ${v.getDotPath(issue) ?? ''} is not right: ${issue.message}.`);
  }
  const { output } = parsed;
  checkFixed(output.limits as Partial<Limits>);
  checkNames(output);
  checkShared(output);
  const { name, operator, contact, country, maxExpiryDays } = output;
  const defaultDays = Math.min(output.defaultExpiryDays, maxExpiryDays ?? Number.POSITIVE_INFINITY);
  return {
    version: packageJson.version,
    software: `archipel/${packageJson.version}`,
    host: output.host,
    port: output.port,
    dataFolder: resolve(output.data),
    store: storeOf(output),
    filesFolder: filesOf(output),
    namesFiles: output.files !== undefined,
    storePool: output.storePool,
    busPrefix: output.busPrefix,
    origin: origin && { file: origin.file, fromEnvironment: origin.fromEnvironment },
    bus: busOf(output),
    frontFolder: resolve(output.front ?? fileURLToPath(new URL('../../web/dist', import.meta.url))),
    names: output.names,
    behindProxy: output.behindProxy,
    https: output.https,
    logLevel: output.logLevel,
    logDetail: output.logDetail,
    reportsKey: output.reportsKey,
    about: { name, operator, contact, country },
    network: output.network,
    maxExpirySeconds: (maxExpiryDays ?? 0) * DAY_SECONDS,
    defaultExpirySeconds: defaultDays * DAY_SECONDS,
    limits: makeLimits(output.limits as Partial<Limits>),
  };
}

/** The names by which only programs on this machine reach it: the Host header may be believed when it says one of them. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[?::1\]?)$/;

/** Whether `host[:port]` is this machine. */
export function isLoopback(name: string): boolean {
  return LOOPBACK.test(name) || LOOPBACK.test(name.replace(/:\d{1,5}$/, ''));
}

/** CON-2: a relay that others reach must know its names, or a proof made for another relay would pass. */
function checkNames({ host, names, behindProxy, https }: Parsed): void {
  if (names.length > 0 || (isLoopback(host) && !behindProxy && !https)) return;
  throw new StartError(
    'The setting names is missing: people reach this host from other machines, so say under which names, for example "names": ["pads.example.org"].',
  );
}

/** Several processes need both: one store, and a bus on which they tell each other of what is new in it. */
function checkShared({ store, bus, network }: Parsed): void {
  if (bus !== '' && network !== undefined) {
    throw new StartError(
      'The setting network does not go with store and bus yet: several processes would each tell other hosts of their own people only. Leave it out.',
    );
  }
  if (store !== '' && bus === '') {
    throw new StartError(
      'The setting bus is missing: with a shared store, a second process would not hear of changes. Say where NATS is, for example "bus": "nats://127.0.0.1:4222" (or ARCHIPEL_BUS), or leave out the setting store.',
    );
  }
  if (bus !== '' && store === '') {
    throw new StartError(
      'The setting store is missing: with a bus and no shared store, every process would keep documents of its own. Say where PostgreSQL is, for example "store": "postgres://archipel@127.0.0.1/archipel" (or ARCHIPEL_STORE), or leave out the setting bus.',
    );
  }
}

/** In words that leave the address out: it may hold a password. */
function storeOf({ store: url, storePool: pool, data }: Pick<Parsed, 'store' | 'storePool' | 'data'>): StorePlace {
  if (url === '') return { kind: 'sqlite', folder: resolve(data) };
  const place = parsePostgres(url, pool);
  if ('wrong' in place) throw new StartError(`The setting store is not right: ${place.wrong}.`);
  return place;
}

/** Where documents are in the data folder, files are too; with a database nobody knows which folder all processes reach. */
function filesOf({ files, store, data }: Pick<Parsed, 'files' | 'store' | 'data'>): string | undefined {
  if (files !== undefined) return resolve(files);
  return store === '' ? join(resolve(data), FILES_FOLDER) : undefined;
}

/** Several addresses of one NATS are separated by commas. */
export function busOf({ bus, busPrefix: prefix }: Pick<Parsed, 'bus' | 'busPrefix'>): BusConfig {
  if (bus === '') return { kind: 'local' };
  const servers = bus.split(',').map((address) => address.trim());
  const parsed = parseNatsServers(servers);
  if (typeof parsed === 'string') throw new StartError(`The setting bus is not right: ${parsed}.`);
  return { kind: 'nats', servers, prefix };
}

/** Sizes that the protocol fixes can only be lowered. */
function checkFixed(limits: Partial<Limits>): void {
  for (const name of ['recordMaxBytes', 'checkpointMaxBytes', 'sessionsPerDocument', 'pageMaxBytes'] as const) {
    const most = LIMITS[name].value;
    if ((limits[name] ?? 0) > most) throw new StartError(`The setting limits.${name} is not right: at most ${most}.`);
  }
}

/** Where settings were found. */
export interface SettingsOrigin {
  /** It need not exist. */
  file: string;
  /** Those that the environment says, whatever the file does. */
  fromEnvironment: readonly (keyof Settings)[];
}

/** The settings of this process. */
export function readConfig(folder?: string): ServerConfig {
  const { settings, origin } = findSettings(folder);
  return makeConfig(settings, origin);
}

/** What a command about the host needs; where the documents are may be said without a bus. */
export function commandConfig({ settings, origin }: { settings: Settings; origin: SettingsOrigin }): ServerConfig {
  const { store = '', bus: _bus, ...others } = settings;
  const config = makeConfig(others, origin);
  const { storePool, dataFolder: data } = config;
  const filesFolder = filesOf({ files: others.files, store, data });
  return { ...config, store: storeOf({ store, storePool, data }), filesFolder };
}

/** As they are written: nothing is checked yet. */
export function findSettings(folder: string = process.cwd()): { settings: Settings; origin: SettingsOrigin } {
  const { ARCHIPEL_HOST: host, ARCHIPEL_PORT: port, ARCHIPEL_DATA: data } = process.env;
  const { ARCHIPEL_STORE: store, ARCHIPEL_BUS: bus, ARCHIPEL_FILES: files } = process.env;
  const file = resolve(folder, process.env.ARCHIPEL_CONFIG ?? CONFIG_FILE);
  const said = { host, port: port === undefined ? undefined : Number(port), data, store, bus, files };
  const environment = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Settings;
  const settings = { ...(existsSync(file) ? readSettings(file) : {}), ...environment };
  return { settings, origin: { file, fromEnvironment: Object.keys(environment) as (keyof Settings)[] } };
}

/** Where programs of this user keep what they need to go on (XDG base directories). */
export function stateFolder(): string {
  return process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
}

/** The password of a link that a command makes or opens. */
export function linkPassword(): string | undefined {
  return process.env.ARCHIPEL_PASSWORD || undefined;
}

function readSettings(path: string): Settings {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Settings;
  } catch (error) {
    // What JSON.parse quotes of the file may be a password.
    const reason = (error as Error).message.replace(/, (\.\.\.)?".*/s, '');
    throw new StartError(`${path} cannot be read: ${reason}.`, { cause: error });
  }
}
