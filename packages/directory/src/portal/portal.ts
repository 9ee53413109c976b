/** The portal's server side: watches the hosts, and answers with the signed directory and what the pages show. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { PORTAL_LIMITS } from './limits.ts';
import { type HostPage, type HostsPage, viewOfHost, viewOfService } from './page.ts';
import type { PortalPorts } from './ports.ts';
import { signDirectory } from './signed-directory.ts';
import { Watch } from './watch.ts';

const DIRECTORY_PATH = '/.well-known/archipel/directory';
const HOSTS_PATH = '/hosts.json';
const HOST_PATH = /^\/hosts\/([0-9a-f]{40})\.json$/;
const BROTLI_QUALITY = 5;
/** The newest of each kind of answer; hosts that people look at are few. */
const ANSWERS_MAX = 64;

/** For whoever serves HTTP. */
export interface PortalAnswer {
  headers: Record<string, string>;
  body: Uint8Array;
}

interface Made {
  atMs: number;
  type: string;
  plain: Uint8Array;
  /** By coding, made when somebody asks. */
  coded: Map<string, Promise<Uint8Array>>;
}

export class Portal {
  readonly #ports: PortalPorts;
  readonly #watch: Watch;
  readonly #made = new Map<string, Promise<Made | undefined>>();

  constructor(ports: PortalPorts) {
    this.#ports = ports;
    this.#watch = new Watch(ports);
  }

  /** Begins to watch; what was seen before is there at once. */
  begin(): Promise<void> {
    return this.#watch.begin();
  }

  /** What was seen is on the disk afterwards. */
  stop(): Promise<void> {
    return this.#watch.stop();
  }

  /** Somebody who was sent to this host (its id in hexadecimal) says how it was. */
  served(host: string, service: string, healthy: boolean): void {
    this.#watch.served(host, service, healthy);
  }

  /** By service class, what people have confirmed of a host; undefined: it is not known. */
  confirmedUnits(host: string): Readonly<Record<string, number>> | undefined {
    return this.#watch.hosts.find(({ id }) => id === host)?.confirmedUnits;
  }

  /** Undefined: nothing is there. `path` without query; `accepts` is the header Accept-Encoding. */
  async answer(path: string, accepts: string): Promise<PortalAnswer | undefined> {
    const made = await this.#current(path);
    if (made === undefined) return undefined;
    const coding = codingOf(accepts);
    const everyMs = path === DIRECTORY_PATH ? PORTAL_LIMITS.directoryEveryMs : PORTAL_LIMITS.pageEveryMs;
    return {
      headers: {
        'content-type': made.type,
        'cache-control': `public, max-age=${Math.round(everyMs / 2000)}`,
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        vary: 'accept-encoding',
        ...(coding !== undefined && { 'content-encoding': coding }),
      },
      body: coding === undefined ? made.plain : await codedAs(made, coding),
    };
  }

  /** Made once for all who ask within its age. */
  async #current(path: string): Promise<Made | undefined> {
    const maxAgeMs = path === DIRECTORY_PATH ? PORTAL_LIMITS.directoryEveryMs : PORTAL_LIMITS.pageEveryMs;
    const held = this.#made.get(path);
    const made = await held;
    const isFresh = made !== undefined && Math.abs(this.#ports.clock.now() - made.atMs) < maxAgeMs;
    // Somebody else may have made it anew while we looked.
    if (isFresh || this.#made.get(path) !== held) return this.#made.get(path) ?? made;
    const next = this.#make(path);
    this.#made.delete(path);
    this.#made.set(path, next);
    for (const oldest of this.#made.keys()) if (this.#made.size > ANSWERS_MAX) this.#made.delete(oldest);
    const found = await next;
    if (found === undefined) this.#made.delete(path);
    return found;
  }

  async #make(path: string): Promise<Made | undefined> {
    const atMs = this.#ports.clock.now();
    if (path === DIRECTORY_PATH) {
      const plain = await this.#directory(atMs);
      return { atMs, type: 'application/octet-stream', plain, coded: new Map() };
    }
    const [, id] = HOST_PATH.exec(path) ?? [];
    const page = path === HOSTS_PATH ? this.#hosts(atMs) : id === undefined ? undefined : this.#host(id, atMs);
    if (page === undefined) return undefined;
    const plain = new TextEncoder().encode(JSON.stringify(page));
    return { atMs, type: 'application/json; charset=utf-8', plain, coded: new Map() };
  }

  #directory(nowMs: number): Promise<Uint8Array> {
    const { hosts, services, book } = this.#watch;
    const { name: portal, signer } = this.#ports;
    return signDirectory({ portal, hosts, services, book, nowMs }, signer);
  }

  #hosts(nowMs: number): HostsPage {
    const hosts = this.#watch.hosts.map((host) => viewOfHost(host, nowMs)).filter((view) => view !== undefined);
    const services = this.#watch.services.map((service) => viewOfService(service, nowMs));
    return { at: nowMs, portal: this.#ports.name, hosts, services };
  }

  #host(id: string, nowMs: number): HostPage | undefined {
    const found = this.#watch.hosts.find((host) => host.id === id);
    const host = found && viewOfHost(found, nowMs);
    if (found === undefined || host === undefined) return undefined;
    return { at: nowMs, portal: this.#ports.name, host, hours: found.history.hours(nowMs) };
  }
}

type Coding = 'br' | 'gzip';

function codingOf(accepts: string): Coding | undefined {
  const accepted = accepts.split(',').map((part) => part.trim());
  const takes = (coding: string): boolean =>
    accepted.some((part) => part.split(';')[0]?.trim() === coding && !/;\s*q=0(\.0*)?$/.test(part));
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : undefined;
}

const CODERS: Record<Coding, (plain: Uint8Array) => Promise<Uint8Array>> = {
  br: (plain) => promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (plain) => promisify(gzip)(plain),
};

function codedAs(made: Made, coding: Coding): Promise<Uint8Array> {
  const known = made.coded.get(coding) ?? CODERS[coding](made.plain);
  made.coded.set(coding, known);
  return known;
}
