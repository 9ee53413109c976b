/** PEER-1, PEER-2: two hosts prove to each other who they are, before anything is said of any document. */
import type { Bytes, PeerMessage } from '@archipel/protocol';
import { hostIdOf, hostProofInput, toHex } from '@archipel/protocol';
import type { LogContext } from '../primitives/log/context.ts';
import type { PeerHost, ReplicationDeps, Self } from './hosts.ts';

const NONCE_BYTES = 32;

export interface HandshakePorts {
  context: LogContext;
  deps: ReplicationDeps;
  self: Self;
  say(message: PeerMessage): void;
}

/** One side of it; `expected`: whom this side dialled. */
export class Handshake {
  readonly #ports: HandshakePorts;
  readonly #expected: PeerHost | undefined;
  readonly #nonce: Bytes;
  #theirs: Bytes | undefined;

  constructor(ports: HandshakePorts, expected: PeerHost | undefined) {
    this.#ports = ports;
    this.#expected = expected;
    this.#nonce = ports.context.random(NONCE_BYTES);
  }

  begin(): void {
    this.#ports.say({ type: 'greeting', version: 1, nonce: this.#nonce });
  }

  /** `wrong`: the line is to be closed. A host: it is done. Undefined: more is to come. */
  async hear(message: PeerMessage): Promise<PeerHost | 'wrong' | undefined> {
    if (message.type === 'greeting' && this.#theirs === undefined) {
      this.#theirs = message.nonce;
      if (this.#expected !== undefined) this.#prove(this.#expected.hostId);
      return undefined;
    }
    if (message.type !== 'hostProof' || this.#theirs === undefined) return 'wrong';
    const peer = await this.#check(message.key, message.signature, this.#theirs);
    if (peer === undefined) return 'wrong';
    if (this.#expected === undefined) this.#prove(peer.hostId);
    return peer;
  }

  #prove(audience: Bytes): void {
    const { identity } = this.#ports.deps;
    const input = hostProofInput(this.#theirs as Bytes, this.#nonce, audience);
    this.#ports.say({ type: 'hostProof', key: identity.publicKey, signature: identity.sign(input) });
  }

  async #check(key: Bytes, signature: Bytes, theirs: Bytes): Promise<PeerHost | undefined> {
    const { context, deps, self } = this.#ports;
    const id = toHex(hostIdOf(key, context.sha256));
    const peer = this.#expected ?? deps.peers.find((known) => known.id === id);
    if (peer === undefined || peer.id !== id) return undefined;
    // As the other wrote it: our nonce first.
    const isProved = await context.verify(key, hostProofInput(this.#nonce, theirs, self.hostId), signature);
    return isProved ? peer : undefined;
  }
}
