/** arc1 without secrets: what a relay may know. Pure and synchronous; no clock, no randomness, no key. */
export * from './base64url.ts';
export * from './bytes.ts';
export * from './checkpoint.ts';
export * from './errors.ts';
export * from './frame.ts';
export * from './hash.ts';
export * from './header.ts';
export * from './ids.ts';
export * from './limits.ts';
export * from './live.ts';
export * from './messages.ts';
export * from './order.ts';
export * from './proof.ts';
export * from './record.ts';
export * from './signed.ts';
export * from './utf8.ts';
export { decodeVarint, encodeVarint } from './varint.ts';
export { decodeVector, encodeVector, type Vector, type VectorEntry } from './vector.ts';
