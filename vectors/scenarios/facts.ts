/** What the scenarios of §12 to §17 share: two hosts, and payloads that no encoder makes but a host might sign. */
import {
  type Bytes,
  concat,
  type ErrorName,
  encodeUtf8,
  encodeVarint,
  type FactKind,
  type HostSigner,
  hostIdOf,
  signFact,
} from '@archipel/protocol';
import type { Suite } from '@archipel/protocol/secret';
import { type Input, type Json, type Scenario, toJson } from '../scenario.ts';

export const NOW = 1_800_000_000;
/** After version, type and key. */
const LENGTH_AT = 34;

export interface Host {
  signer: HostSigner;
  id: Bytes;
}

export async function hostOf(suite: Suite, seed: number): Promise<Host> {
  const signer = await suite.signer(new Uint8Array(32).fill(seed));
  return { signer, id: hostIdOf(signer.publicKey) };
}

/** A text or bytes with their length before them. */
export function field(value: string | Bytes): Bytes {
  const bytes = typeof value === 'string' ? encodeUtf8(value) : value;
  return concat(encodeVarint(bytes.length), bytes);
}

/** A kind that takes any payload as it is, so that only the payload is wrong and not the signature. */
function rawKind<T>({ type, label }: FactKind<T>): FactKind<Bytes> {
  return {
    type,
    label,
    maxBytes: Number.POSITIVE_INFINITY,
    write: (writer, payload) => writer.raw(payload),
    read: (reader) => reader.rest(),
  };
}

export function signPayload<T>(kind: FactKind<T>, payload: Bytes, { signer }: Host): Promise<Bytes> {
  return signFact(rawKind(kind), payload, signer);
}

/** The bytes with `from`, which must be in them exactly once, replaced by `to`. */
export function swap(bytes: Bytes, from: Bytes, to: Bytes): Bytes {
  const text = Buffer.from(bytes);
  const at = text.indexOf(from);
  if (at < 0 || text.indexOf(from, at + 1) >= 0) throw new Error('not in it exactly once');
  return concat(bytes.slice(0, at), to, bytes.slice(at + from.length));
}

/** What stands between the length of the payload and the signature. */
export function payloadOf(fact: Bytes): Bytes {
  const sized = fact.slice(LENGTH_AT, -64);
  return sized.slice(sized.findIndex((byte) => byte < 0x80) + 1);
}

/** Scenarios of one kind of fact; `input` is what each of them gives unless it says otherwise. */
export function scenariosOf(prefix: string, operation: string, input: object) {
  return (name: string, rules: string[], description: string, own: object, expected: ErrorName | { value: unknown }) =>
    ({
      name: `manifest/${prefix}-${name}`,
      rules,
      description,
      operation,
      input: toJson({ ...input, ...own }) as Input,
      expect: typeof expected === 'string' ? { error: expected } : { value: toJson(expected.value) as Json },
    }) satisfies Scenario;
}
