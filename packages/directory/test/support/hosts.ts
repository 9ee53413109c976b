/** Hosts as real servers on this machine: honest, or as a test wants them. */
import { createPublicKey, generateKeyPairSync, sign, verify as verifySignature } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Bytes,
  type HostSigner,
  hostIdOf,
  LOAD,
  type Load,
  MANIFEST,
  type Manifest,
  signFact,
  toHex,
  type Verify,
} from '@archipel/protocol';
import { onTestFinished } from 'vitest';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SECOND_MS = 1000;
const DAY_SECONDS = 86_400;

export const verify: Verify = (publicKey, message, signature) => {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return verifySignature(null, message, key, signature);
};

export function makeSigner(): HostSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    publicKey: new Uint8Array(Buffer.from(x, 'base64url')),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

export interface TestHost {
  url: string;
  id: string;
  signer: HostSigner;
  /** Answers in place of the honest one, when it is set. */
  instead: ((what: string, response: ServerResponse) => undefined | Bytes | Promise<Bytes>) | undefined;
  manifest: Partial<Manifest>;
  load: Partial<Load['services'][number]>;
  signManifest(changes?: Partial<Manifest>, signer?: HostSigner): Promise<Bytes>;
  signLoad(timeMs?: number, signer?: HostSigner): Promise<Bytes>;
  /** Nobody is there any more. */
  close(): void;
}

export async function startHost(now: () => number, name = 'Pads du Port'): Promise<TestHost> {
  const signer = makeSigner();
  const server = createServer(async (request, response) => {
    const what = request.url?.split('/').at(-1) ?? '';
    const own = await (host.instead === undefined ? undefined : host.instead(what, response));
    if (host.instead !== undefined && own === undefined) return;
    const honest = what === 'manifest' ? host.signManifest() : host.signLoad();
    response.end(own ?? (await honest));
  });
  const host: TestHost = {
    url: '',
    id: toHex(hostIdOf(signer.publicKey)),
    signer,
    instead: undefined,
    manifest: {},
    load: {},
    signManifest(changes = {}, by = signer) {
      const issued = Math.floor(now() / SECOND_MS);
      const fact: Manifest = {
        seq: issued,
        issued,
        expires: issued + DAY_SECONDS,
        name,
        organisation: 'Les voisins du port',
        contact: 'mailto:port@example.org',
        country: 'FR',
        url: host.url,
        languages: ['fr'],
        welcome: ['everyone'],
        services: [{ service: 'docs', capacity: 100 }],
        limits: [],
        retentionDays: 180,
        legalUrl: '',
        software: 'archipel',
        softwareVersion: '0.1.0',
        peers: [],
        ...host.manifest,
        ...changes,
      };
      return signFact(MANIFEST, fact, by);
    },
    signLoad(timeMs = now(), by = signer) {
      const docs = { service: 'docs', capacity: 100, present: 10, committed: 20, accepting: true, draining: false };
      return signFact(LOAD, { timeMs, services: [{ ...docs, ...host.load }] }, by);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => host.close());
  host.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return host;
}
