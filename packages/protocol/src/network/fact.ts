/** The envelope of what hosts sign (§12): version, type, key, payload, signature. */
import type { Bytes } from '../bytes.ts';
import { concat, equal, label } from '../bytes.ts';
import type { ErrorName, Result } from '../errors.ts';
import { fail, ok } from '../errors.ts';
import type { Verify } from '../hash.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, VERSION } from '../limits.ts';
import { Reader } from '../reader.ts';
import { signatureOf, unsignedPart } from '../signed.ts';
import type { Writer } from '../writer.ts';
import { encode } from '../writer.ts';
import { hostIdOf } from './host.ts';

/** One kind of fact: its type and label on the wire, the bound of the whole, and its payload. */
export interface FactKind<T> {
  readonly type: number;
  readonly label: string;
  readonly maxBytes: number;
  /** Throws on what `read` refuses. */
  write(writer: Writer, fact: T): void;
  read(reader: Reader): T;
  /** Why no reader takes what decodes, whatever its clock says. */
  refuse?(fact: T): ErrorName | undefined;
}

/** A fact with the key of the host that says it; `hostIdOf(key)` is the host. */
export interface Signed<T> {
  key: Bytes;
  fact: T;
  signature: Bytes;
}

/** Ed25519: a host's identity. */
export interface HostSigner {
  readonly publicKey: Bytes;
  sign(message: Bytes): Bytes | Promise<Bytes>;
}

function encodeUnsigned<T>(kind: FactKind<T>, key: Bytes, fact: T): Bytes {
  const payload = encode((writer) => kind.write(writer, fact));
  const unsigned = encode((writer) => {
    writer.u8(VERSION);
    writer.u8(kind.type);
    writer.fixed(key, PUBLIC_KEY_BYTES);
    writer.bytes(payload);
  });
  if (unsigned.length + SIGNATURE_BYTES > kind.maxBytes) throw new RangeError(`too long for ${kind.label}`);
  return unsigned;
}

/** Throws on what no decoder takes, a fact over its bound included. */
export function encodeFact<T>(kind: FactKind<T>, { key, fact, signature }: Signed<T>): Bytes {
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError('no signature');
  return concat(encodeUnsigned(kind, key, fact), signature);
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`, `expiry_too_long`. The signature is not looked at. */
export function decodeFact<T>(kind: FactKind<T>, bytes: Bytes): Result<Signed<T>> {
  if (bytes.length > kind.maxBytes) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === kind.type);
  const key = reader.fixed(PUBLIC_KEY_BYTES);
  const payload = reader.bytes(kind.maxBytes);
  const envelope = reader.end({ key, signature: reader.fixed(SIGNATURE_BYTES) });
  if (!envelope.ok) return envelope;
  const inner = new Reader(payload);
  const fact = inner.end(kind.read(inner));
  if (!fact.ok) return fact;
  const refusal = kind.refuse?.(fact.value);
  return refusal === undefined ? ok({ ...envelope.value, fact: fact.value }) : fail(refusal);
}

function signingInput<T>(kind: FactKind<T>, unsigned: Bytes): Bytes {
  return concat(label(kind.label), unsigned);
}

/** FACT-2: the whole bytes of a fact in the name of a host. Throws on what no decoder takes. */
export async function signFact<T>(kind: FactKind<T>, fact: T, signer: HostSigner): Promise<Bytes> {
  const unsigned = encodeUnsigned(kind, signer.publicKey, fact);
  return concat(unsigned, await signer.sign(signingInput(kind, unsigned)));
}

/** What a reader asks of a fact besides its signature. */
export interface FactWish<T> {
  /** Id of the host that must have signed it; any when left out. */
  host?: Bytes | undefined;
  /** Why a fact that decodes is not taken. */
  refuse?: (fact: T) => ErrorName | undefined;
}

/** Decodes, then checks host (`wrong_host`, FACT-3), what `refuse` says, and the signature (`bad_signature`, FACT-2), in this order. */
export async function checkFact<T>(
  kind: FactKind<T>,
  bytes: Bytes,
  { host, refuse }: FactWish<T>,
  verify: Verify,
): Promise<Result<Signed<T>>> {
  const signed = decodeFact(kind, bytes);
  if (!signed.ok) return signed;
  const { key, fact } = signed.value;
  if (host !== undefined && !equal(hostIdOf(key), host)) return fail('wrong_host');
  const refusal = refuse?.(fact);
  if (refusal !== undefined) return fail(refusal);
  const isSigned = await verify(key, signingInput(kind, unsignedPart(bytes)), signatureOf(bytes));
  return isSigned ? signed : fail('bad_signature');
}

/** Whether a checked fact is newer than the one held of the same host, by what grows from one to the next; `same` when it is that very one. */
export function succeedFact<T>(
  kind: FactKind<T>,
  held: Bytes,
  next: Bytes,
  orderOf: (fact: T) => number,
): Result<'same' | 'next'> {
  if (equal(held, next)) return ok('same');
  const before = decodeFact(kind, held);
  const after = decodeFact(kind, next);
  if (!before.ok) return before;
  if (!after.ok) return after;
  if (!equal(before.value.key, after.value.key)) return fail('wrong_host');
  return orderOf(after.value.fact) > orderOf(before.value.fact) ? ok('next') : fail('stale_fact');
}
