/** Hosts that know each other, in this process, each with a folder and a port of its own. */
import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Bytes, Statement } from '@archipel/protocol';
import {
  concat,
  encodeBase64url,
  encodeFact,
  hostIdOf,
  label,
  SIGNATURE_BYTES,
  STATEMENT,
  toHex,
} from '@archipel/protocol';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { ControlAnswer, ControlRequest } from '../../src/host/control-messages.ts';
import { controlPath, Lines, lineOf } from '../../src/host/control-messages.ts';
import type { RelayServer, Settings } from '../../src/index.ts';
import { makeConfig, startServer } from '../../src/index.ts';
import { loadIdentity } from '../../src/network/identity.ts';
import type { Author } from './author.ts';
import { Author as TestAuthor } from './author.ts';
import { TestClient } from './client.ts';
import type { CutProxy } from './cut-proxy.ts';
import { cutProxy } from './cut-proxy.ts';
import { freePort } from './free-port.ts';
import { makeFolder } from './relay.ts';

type PeerSettings = NonNullable<NonNullable<Settings['network']>['peers']>[number];

export class Neighbour {
  /** Where its data are at the next start. */
  folder = makeFolder();
  readonly port: number;
  readonly id: string;
  readonly hostId: Uint8Array;
  #server: RelayServer | undefined;
  #settings: Settings = {};

  constructor(port: number) {
    this.port = port;
    this.hostId = hostIdOf(loadIdentity(this.folder).publicKey);
    this.id = toHex(this.hostId);
  }

  /** Signs with its key, what it would never say perhaps. */
  signs(fact: Statement): Bytes {
    const { publicKey: key, sign } = loadIdentity(this.folder);
    const signature = new Uint8Array(SIGNATURE_BYTES);
    const unsigned = encodeFact(STATEMENT, { key, fact, signature }).subarray(0, -SIGNATURE_BYTES);
    return concat(unsigned, sign(concat(label(STATEMENT.label), unsigned)));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get idText(): string {
    return encodeBase64url(this.hostId);
  }

  /** What its disk says: downloads of this blob that it may give alone; undefined: it does not know it. */
  shareOf(blobId: Bytes): number | undefined {
    const db = new Database(join(this.folder, 'blobs.sqlite'), { readonly: true });
    const row = db.prepare('select share from blob where blob_id = ?').get(blobId) as { share: number } | undefined;
    db.close();
    return row?.share;
  }

  /** Of this blob, in files on its disk. */
  bytesOf(blobId: Bytes): number {
    const hex = toHex(blobId);
    const folder = join(this.folder, 'blobs', hex.slice(0, 2), hex);
    if (!existsSync(folder)) return 0;
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  }

  /** As a header names it. */
  get entry() {
    return { hostId: this.hostId, url: this.url, role: 0 };
  }

  async start(peers: readonly PeerSettings[], settings: Settings = {}): Promise<void> {
    this.#settings = {
      host: '127.0.0.1',
      port: this.port,
      logLevel: 'silent',
      ...settings,
      network: { url: this.url, people: 100, ...settings.network, peers: [...peers] },
    };
    await this.again();
  }

  async again(): Promise<void> {
    this.#server = await startServer(makeConfig({ ...this.#settings, data: this.folder }));
  }

  /** After `stop`: starts again with all that it has in another folder. */
  async moveData(folder: string): Promise<void> {
    cpSync(this.folder, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    this.folder = folder;
    await this.again();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** As its operator asks it. */
  command(request: ControlRequest): Promise<ControlAnswer[]> {
    return new Promise((resolve, reject) => {
      const answers: ControlAnswer[] = [];
      const socket = connect(controlPath(this.folder, this.port));
      const lines = new Lines((answer) => answers.push(answer as ControlAnswer), reject);
      socket.setEncoding('utf8').on('data', (text) => lines.add(String(text)));
      socket.on('close', () => resolve(answers));
      socket.write(lineOf(request));
    });
  }

  async client(): Promise<TestClient> {
    const client = await TestClient.connect(this.port);
    onTestFinished(() => client.close());
    return client;
  }
}

/** `settings` of each by its number. */
export async function startNeighbours(
  count: number,
  settings: (index: number) => Settings = () => ({}),
): Promise<Neighbour[]> {
  const hosts: Neighbour[] = [];
  for (let i = 0; i < count; i++) hosts.push(new Neighbour(await freePort()));
  await startAll(hosts, ({ id, url }) => ({ id, url }), settings);
  return hosts;
}

async function startAll(
  hosts: readonly Neighbour[],
  asPeer: (host: Neighbour) => PeerSettings,
  settings: (index: number) => Settings = () => ({}),
): Promise<void> {
  for (const [i, host] of hosts.entries()) {
    await host.start(hosts.filter((other) => other !== host).map(asPeer), settings(i));
    onTestFinished(() => host.stop());
  }
}

/** Two of them. */
export async function startPair(settings?: (index: number) => Settings): Promise<[Neighbour, Neighbour]> {
  return (await startNeighbours(2, settings)) as [Neighbour, Neighbour];
}

/** Two between which nothing passes while it is cut. */
export async function startCuttablePair(
  settings?: Settings,
): Promise<{ a: Neighbour; b: Neighbour; cut(): void; mend(): void }> {
  const a = new Neighbour(await freePort());
  const b = new Neighbour(await freePort());
  const lines = new Map<Neighbour, CutProxy>();
  for (const host of [a, b]) {
    const line = await cutProxy(host.port);
    onTestFinished(() => line.close());
    lines.set(host, line);
  }
  await startAll(
    [a, b],
    (host) => ({ id: host.id, url: `http://127.0.0.1:${lines.get(host)?.port}` }),
    () => settings ?? {},
  );
  const each = (run: (line: CutProxy) => void): void => [...lines.values()].forEach(run);
  return { a, b, cut: () => each((line) => line.cut()), mend: () => each((line) => line.mend()) };
}

/** A document that lives on all of them. */
export function authorOn(hosts: readonly Neighbour[]): Author {
  return new TestAuthor({ relays: hosts.map(({ entry }) => entry) });
}
