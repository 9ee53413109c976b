/** Asks all hosts and services again and again, each at its own pace, and puts what they say into the address book. */
import { randomBytes } from 'node:crypto';
import { isOrigin, toHex } from '@archipel/protocol';
import { AddressBook } from '../book.ts';
import { probeService } from '../probe/service.ts';
import { softwareById } from '../third-party/software/catalogue.ts';
import { hostFactsOf, loadReportOf } from '../told.ts';
import { importServices } from './imported.ts';
import { PORTAL_LIMITS } from './limits.ts';
import { readMemory, type Stored, writeMemory } from './memory.ts';
import type { ListedSoftware, PortalPorts } from './ports.ts';
import { type Fetched, fetchedOf, WatchedHost } from './watched-host.ts';
import { WatchedService } from './watched-service.ts';

const FOLDER = '/.well-known/archipel';
const IDENT_BYTES = 8;

export class Watch {
  readonly book: AddressBook;
  readonly #ports: PortalPorts;
  readonly #hosts = new Map<string, WatchedHost>();
  readonly #services = new Map<string, WatchedService>();
  readonly #timers = new Set<unknown>();
  #stored: Stored = { hosts: [], services: [] };
  #isStopped = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(ports: PortalPorts) {
    this.#ports = ports;
    this.book = new AddressBook({ clock: ports.clock });
  }

  get hosts(): readonly WatchedHost[] {
    return [...this.#hosts.values()];
  }

  get services(): readonly WatchedService[] {
    return [...this.#services.values()];
  }

  /** Remembers, and begins to ask; the answers come later. */
  async begin(): Promise<void> {
    const { settings, own, folder, note } = this.#ports;
    const stored = await readMemory(folder);
    if (stored === undefined) note('portal_memory_unreadable');
    else this.#stored = stored;
    if (own !== undefined) this.#addHost(own.url, { isNamed: true });
    for (const origin of settings.hosts) this.#addHost(origin, { isNamed: true });
    for (const { id, url } of settings.peers) this.#addHost(url, { isNamed: true, id });
    for (const { origin, lastAnswerMs } of this.#stored.hosts) {
      const isRecent = this.#now() - (lastAnswerMs ?? 0) < PORTAL_LIMITS.forgetAfterMs;
      if (isRecent && isOrigin(origin)) this.#addHost(origin, { isNamed: false });
    }
    for (const listed of settings.thirdParty) this.#addService(listed);
    this.#again(PORTAL_LIMITS.saveEveryMs, () => this.save());
    if (settings.chatonsInfos.length > 0) this.#soon(() => this.#import());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) this.#ports.clock.clearTimeout(timer);
    this.#timers.clear();
    await this.save();
  }

  /** What was seen is on the disk, or who runs it is told that it is not. */
  save(): Promise<void> {
    const { folder, note } = this.#ports;
    this.#saving = this.#saving.then(() => {
      const hosts = this.hosts.map((host) => host.stored());
      const services = this.services.map((service) => service.stored());
      return writeMemory(folder, { hosts, services }).catch(() => note('portal_not_saved'));
    });
    return this.#saving;
  }

  #now(): number {
    return this.#ports.clock.now();
  }

  #addHost(origin: string, { isNamed, id }: { isNamed: boolean; id?: string | undefined }): void {
    if (this.#hosts.has(origin) || this.#hosts.size >= PORTAL_LIMITS.hostsMax) return;
    const stored = this.#stored.hosts.find((known) => known.origin === origin);
    const known = { ...(id !== undefined && { id }), ...(stored !== undefined && { stored }) };
    const host = new WatchedHost(origin, { nowMs: this.#now(), isNamed, ...known });
    this.#hosts.set(origin, host);
    this.#soon(() => this.#askHost(host));
  }

  async #askHost(host: WatchedHost): Promise<void> {
    const asking = {
      fetch: (what: 'manifest' | 'load') => this.#fetch(host.origin, what),
      verify: this.#ports.verify,
      now: () => this.#now(),
    };
    const isWell = await host.ask(asking);
    if (this.#isStopped) return;
    this.#tell(host, isWell);
    if (isWell) for (const { url, hostId } of host.manifest?.fact.peers ?? []) this.#addPeer(url, toHex(hostId));
    const isForgotten = !host.isNamed && this.#now() - (host.lastAnswerMs ?? this.#now()) > PORTAL_LIMITS.forgetAfterMs;
    if (isForgotten) this.#forget(host);
    else this.#later(host.pauseMs, () => this.#askHost(host));
  }

  /** A host that another names: it is listed, and given nobody before it is known for two weeks (routing rule 6). */
  #addPeer(url: string, id: string): void {
    const isKnown = this.hosts.some((host) => host.id === id);
    if (!isKnown) this.#addHost(url, { isNamed: false, id });
  }

  #fetch(origin: string, what: 'manifest' | 'load'): Promise<Fetched> {
    const { own, prober } = this.#ports;
    if (own?.url === origin) return own[what]().then((bytes) => ({ bytes }));
    return prober.get(`${origin}${FOLDER}/${what}`).then(fetchedOf);
  }

  /** That it answers the portal's questions says nothing of how it serves people; that it does not says enough (routing rule 5). */
  #tell(host: WatchedHost, isWell: boolean): void {
    const { manifest, load, id } = host;
    if (manifest === undefined || id === undefined) return;
    if (isWell) {
      const { confirmedUnits } = host;
      const acquaintance = { knownSinceMs: host.firstSeenMs ?? this.#now(), vouched: host.isNamed, confirmedUnits };
      this.book.putHost(hostFactsOf(manifest, acquaintance));
      if (load !== undefined) this.book.putLoad(loadReportOf(load));
    } else for (const { service } of manifest.fact.services) this.book.putSignal(id, service, false);
  }

  /** Somebody who was sent there says how it was. */
  served(id: string, service: string, healthy: boolean): void {
    this.book.putSignal(id, service, healthy);
    const host = this.hosts.find((known) => known.id === id);
    const confirmed = this.book.candidate(id, service)?.earned.confirmedUnits;
    if (host !== undefined && confirmed !== undefined) host.confirmedUnits[service] = confirmed;
  }

  #forget(host: WatchedHost): void {
    this.#hosts.delete(host.origin);
    if (host.id !== undefined) this.book.removeHost(host.id);
  }

  async #import(): Promise<void> {
    const { settings, prober, note } = this.#ports;
    const { services, unreadable } = await importServices(settings.chatonsInfos, { prober });
    if (unreadable > 0) note('portal_file_unreadable');
    for (const listed of services) this.#addService(listed);
  }

  #addService(listed: ListedSoftware): void {
    const software = softwareById(listed.software);
    if (software === undefined || this.#services.has(listed.url)) return;
    if (this.#services.size >= PORTAL_LIMITS.servicesMax || this.#isStopped) return;
    const stored = this.#stored.services.find(({ url }) => url === listed.url);
    const service = new WatchedService(listed, software, this.#now(), stored);
    this.#services.set(listed.url, service);
    this.#soon(() => this.#askService(service));
  }

  async #askService(service: WatchedService): Promise<void> {
    const { listed, software } = service;
    const ident = new Uint8Array(randomBytes(IDENT_BYTES));
    const asked = { software, baseUrl: listed.url, ident, nowMs: this.#now() };
    service.note(await probeService(this.#ports.prober, asked), this.#now());
    if (!this.#isStopped) this.#later(PORTAL_LIMITS.serviceEveryMs, () => this.#askService(service));
  }

  #soon(run: () => Promise<void>): void {
    this.#timer(0, run);
  }

  #later(pauseMs: number, run: () => Promise<void>): void {
    this.#timer(pauseMs * (1 - PORTAL_LIMITS.jitterShare * this.#ports.random()), run);
  }

  #again(everyMs: number, run: () => Promise<void>): void {
    this.#later(everyMs, async () => {
      await run();
      if (!this.#isStopped) this.#again(everyMs, run);
    });
  }

  #timer(delayMs: number, run: () => Promise<void>): void {
    const timer = this.#ports.clock.setTimeout(() => {
      this.#timers.delete(timer);
      void run();
    }, delayMs);
    this.#timers.add(timer);
  }
}
