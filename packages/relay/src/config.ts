/** The settings of a host: defaults, then archipel.json, then the environment. The only reader of process.env. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import packageJson from '../package.json' with { type: 'json' };
import type { LimitName, Limits } from './limits.ts';
import { LIMITS, makeLimits } from './limits.ts';
import { StartError } from './start-error.ts';

const DAY_SECONDS = 86_400;
const CONFIG_FILE = 'archipel.json';

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

/** What the process around it needs. */
export interface ServerConfig extends RelayConfig {
  version: string;
  host: string;
  port: number;
  dataFolder: string;
  frontFolder: string;
  /** The client's address is the last of X-Forwarded-For. */
  behindProxy: boolean;
  /** Visitors come by https, through the proxy: browsers are told to stay with it. */
  https: boolean;
  logLevel: string;
  /** Addresses and document ids may appear in the log: for the search of a fault only. */
  logDetail: boolean;
  about: HostAbout;
}

/** What /host.json says to visitors. */
export interface HostAbout {
  name: string;
  operator: string;
  contact: string;
  country: string;
}

const hostName = v.pipe(v.string(), v.regex(/^[a-z0-9.-]+(:\d{1,5})?$/, 'a name is host or host:port, lower case'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const limits = v.strictObject(v.entriesFromList(Object.keys(LIMITS) as [LimitName, ...LimitName[]], v.optional(count)));
const fileSchema = v.strictObject({
  host: v.optional(v.pipe(v.string(), v.nonEmpty()), 'localhost'),
  port: v.optional(v.pipe(count, v.maxValue(65_535)), 4280),
  data: v.optional(v.pipe(v.string(), v.nonEmpty()), './data'),
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
  limits: v.optional(limits, {}),
});
export type Settings = v.InferInput<typeof fileSchema>;

/** Checks settings and fills in the rest; throws StartError with a sentence that names the setting. */
export function makeConfig(settings: Settings = {}): ServerConfig {
  const parsed = v.safeParse(fileSchema, settings);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new StartError(`The setting ${v.getDotPath(issue) ?? ''} is not right: ${issue.message}.`);
  }
  const { output } = parsed;
  checkFixed(output.limits as Partial<Limits>);
  checkNames(output);
  const { name, operator, contact, country, maxExpiryDays } = output;
  const defaultDays = Math.min(output.defaultExpiryDays, maxExpiryDays ?? Number.POSITIVE_INFINITY);
  return {
    version: packageJson.version,
    software: `archipel/${packageJson.version}`,
    host: output.host,
    port: output.port,
    dataFolder: resolve(output.data),
    frontFolder: resolve(output.front ?? fileURLToPath(new URL('../../web/dist', import.meta.url))),
    names: output.names,
    behindProxy: output.behindProxy,
    https: output.https,
    logLevel: output.logLevel,
    logDetail: output.logDetail,
    about: { name, operator, contact, country },
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
function checkNames({ host, names, behindProxy, https }: v.InferOutput<typeof fileSchema>): void {
  if (names.length > 0 || (isLoopback(host) && !behindProxy && !https)) return;
  throw new StartError(
    'The setting names is missing: people reach this host from other machines, so say under which names, for example "names": ["pads.example.org"].',
  );
}

/** Sizes that the protocol fixes can only be lowered. */
function checkFixed(limits: Partial<Limits>): void {
  for (const name of ['recordMaxBytes', 'checkpointMaxBytes', 'sessionsPerDocument'] as const) {
    const most = LIMITS[name].value;
    if ((limits[name] ?? 0) > most) throw new StartError(`The setting limits.${name} is not right: at most ${most}.`);
  }
}

/** The settings of this process. */
export function readConfig(folder: string = process.cwd()): ServerConfig {
  const { ARCHIPEL_HOST: host, ARCHIPEL_PORT: port, ARCHIPEL_DATA: data, ARCHIPEL_CONFIG: file } = process.env;
  const path = resolve(folder, file ?? CONFIG_FILE);
  const settings = existsSync(path) ? readSettings(path) : {};
  if (host !== undefined) settings.host = host;
  if (port !== undefined) settings.port = Number(port);
  if (data !== undefined) settings.data = data;
  return makeConfig(settings);
}

function readSettings(path: string): Settings {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Settings;
  } catch (error) {
    throw new StartError(`${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}
