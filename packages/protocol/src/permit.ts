/** A permit (§20): whoever holds the link to fill of an inbox says that a drop is sent for it, and which item will announce it. */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import { fail, type Result } from './errors.ts';
import type { Verify } from './hash.ts';
import { DOC_ID_BYTES, MAX_PERMIT_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, VERSION } from './limits.ts';
import { Reader } from './reader.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

/** 5 is an item, 6 a remark. */
const TYPE_PERMIT = 7;

export interface PermitFields {
  inboxId: Bytes;
  /** Of the item that will announce the drop. */
  sender: Bytes;
}

export interface Permit extends PermitFields {
  signature: Bytes;
}

function writeFields(writer: Writer, { inboxId, sender }: PermitFields): void {
  writer.u8(VERSION);
  writer.u8(TYPE_PERMIT);
  writer.fixed(inboxId, DOC_ID_BYTES);
  writer.fixed(sender, PUBLIC_KEY_BYTES);
}

/** All fields but the signature: what `permitSigningInput` takes. */
export function encodeUnsignedPermit(permit: PermitFields): Bytes {
  return encode((writer) => writeFields(writer, permit));
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodePermit(bytes: Bytes): Result<Permit> {
  if (bytes.length > MAX_PERMIT_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  reader.check(reader.u8() === TYPE_PERMIT);
  const inboxId = reader.fixed(DOC_ID_BYTES);
  const sender = reader.fixed(PUBLIC_KEY_BYTES);
  return reader.end({ inboxId, sender, signature: reader.fixed(SIGNATURE_BYTES) });
}

/** `unsigned`: the permit's bytes without the signature. */
export function permitSigningInput(blobId: Bytes, unsigned: Bytes): Bytes {
  return concat(label('arc1 permit'), blobId, unsigned);
}

/** ASK-3: decodes and checks that whoever holds the post key of the inbox signed it for this very blob, else `bad_signature`. */
export async function checkPermit(blobId: Bytes, post: Bytes, bytes: Bytes, verify: Verify): Promise<Result<Permit>> {
  const permit = decodePermit(bytes);
  if (!permit.ok) return permit;
  const signed = await verify(post, permitSigningInput(blobId, unsignedPart(bytes)), signatureOf(bytes));
  return signed ? permit : fail('bad_signature');
}
