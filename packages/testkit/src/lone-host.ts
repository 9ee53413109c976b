/** A host with a key of its own and no others that it works with: it signs statements, and passes nothing on. */
import type { Bytes, Signed, Statement } from '@archipel/protocol';
import { concat, decodeFact, label, SIGNATURE_BYTES, STATEMENT } from '@archipel/protocol';
import type { RelayDeps } from '@archipel/relay';
import { hostSignerOf } from './node-suite.ts';

const SEED_BYTES = 32;

/** `signed` gets every statement, in order. */
export function loneHost(signed: (statement: Signed<Statement>) => void): NonNullable<RelayDeps['replication']> {
  const ignore = (): void => undefined;
  const { publicKey, sign } = hostSignerOf(new Uint8Array(SEED_BYTES).fill(7));
  const hear = (message: Bytes): void => {
    const unsigned = message.subarray(label(STATEMENT.label).length);
    const statement = decodeFact(STATEMENT, concat(unsigned, new Uint8Array(SIGNATURE_BYTES)));
    if (statement.ok) signed(statement.value);
  };
  return {
    identity: {
      publicKey,
      sign: (message) => {
        hear(message);
        return sign(message);
      },
    },
    peers: [],
    dial: () => {
      throw new Error('there is nobody to dial');
    },
    ledger: {
      add: ignore,
      pushed: ignore,
      hostsOf: () => [],
      pushedTo: () => undefined,
      page: () => [],
      takenSince: () => 0,
      forget: ignore,
      addOrder: ignore,
      orders: () => [],
      dropOrder: ignore,
      isDraining: false,
      close: ignore,
    },
  };
}
