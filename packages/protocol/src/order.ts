/** Orders of the owner (§8): delete the document, erase its history. */
import type { Bytes } from './bytes.ts';
import { concat, label } from './bytes.ts';
import type { Result } from './errors.ts';
import { fail, ok } from './errors.ts';
import type { Verify } from './hash.ts';
import { MAX_ORDER_BYTES, MAX_ORDER_SKEW_SECONDS, SIGNATURE_BYTES, VERSION } from './limits.ts';
import { Reader } from './reader.ts';
import { signatureOf, unsignedPart } from './signed.ts';
import type { Writer } from './writer.ts';
import { encode } from './writer.ts';

export const ORDER_DELETE = 1;
export const ORDER_ERASE = 2;
export type OrderAction = 1 | 2;

/** `time` in Unix seconds. */
export interface OrderFields {
  action: OrderAction;
  time: number;
}
export interface Order extends OrderFields {
  signature: Bytes;
}

function writeFields(writer: Writer, order: OrderFields): void {
  writer.u8(VERSION);
  writer.u8(order.action);
  writer.varint(order.time);
}

/** Everything but the signature: what `orderSigningInput` takes. */
export function encodeUnsignedOrder(order: OrderFields): Bytes {
  return encode((writer) => writeFields(writer, order));
}

export function encodeOrder(order: Order): Bytes {
  return encode((writer) => {
    writeFields(writer, order);
    writer.fixed(order.signature, SIGNATURE_BYTES);
  });
}

/** Errors: `too_large`, `unsupported_version`, `bad_message`. */
export function decodeOrder(bytes: Bytes): Result<Order> {
  if (bytes.length > MAX_ORDER_BYTES) return fail('too_large');
  const reader = new Reader(bytes);
  reader.check(reader.u8() === VERSION, 'unsupported_version');
  const action = reader.u8();
  reader.check(action === ORDER_DELETE || action === ORDER_ERASE);
  const time = reader.varint();
  return reader.end({ action: action as OrderAction, time, signature: reader.fixed(SIGNATURE_BYTES) });
}

/** `unsigned`: the order's bytes without the signature. */
export function orderSigningInput(docId: Bytes, unsigned: Bytes): Bytes {
  return concat(label('arc1 order'), docId, unsigned);
}

/** ORD-1: whether the owner key signed these bytes of an order (signature included) for this document. */
export function verifyOrder(
  verify: Verify,
  ownerPublicKey: Bytes,
  docId: Bytes,
  bytes: Bytes,
): boolean | Promise<boolean> {
  return verify(ownerPublicKey, orderSigningInput(docId, unsignedPart(bytes)), signatureOf(bytes));
}

/** ORD-1 whole: decodes, and checks time (against `nowSeconds`) and signature. Errors: those of `decodeOrder`, `stale_order`, `bad_signature`. */
export async function checkOrder(
  docId: Bytes,
  ownerPublicKey: Bytes,
  bytes: Bytes,
  nowSeconds: number,
  verify: Verify,
): Promise<Result<Order>> {
  const order = decodeOrder(bytes);
  if (!order.ok) return order;
  if (Math.abs(order.value.time - nowSeconds) > MAX_ORDER_SKEW_SECONDS) return fail('stale_order');
  return (await verifyOrder(verify, ownerPublicKey, docId, bytes)) ? ok(order.value) : fail('bad_signature');
}
