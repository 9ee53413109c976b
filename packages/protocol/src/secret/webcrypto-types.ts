/** The shapes of WebCrypto and of the compression streams that are used here, so that neither DOM nor Node types are needed. */
import type { Bytes } from '../bytes.ts';

/** A key object of the platform. */
export interface PlatformKey {
  readonly type: string;
}
type Algorithm = string | { name: string; [parameter: string]: unknown };

export interface Subtle {
  importKey(
    format: 'raw' | 'pkcs8',
    data: Bytes,
    algorithm: Algorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<PlatformKey>;
  exportKey(format: 'jwk', key: PlatformKey): Promise<{ x?: string }>;
  encrypt(algorithm: Algorithm, key: PlatformKey, data: Bytes): Promise<ArrayBuffer>;
  decrypt(algorithm: Algorithm, key: PlatformKey, data: Bytes): Promise<ArrayBuffer>;
  sign(algorithm: Algorithm, key: PlatformKey, data: Bytes): Promise<ArrayBuffer>;
  verify(algorithm: Algorithm, key: PlatformKey, signature: Bytes, data: Bytes): Promise<boolean>;
}

interface StreamWriter {
  write(chunk: Bytes): Promise<void>;
  close(): Promise<void>;
}
interface StreamReader {
  read(): Promise<{ done: boolean; value?: Bytes }>;
  cancel(): Promise<void>;
}
export interface ByteTransform {
  writable: { getWriter(): StreamWriter };
  readable: { getReader(): StreamReader };
}
export type ByteTransformClass = new (format: 'deflate-raw') => ByteTransform;

interface Platform {
  crypto: { subtle?: Subtle; getRandomValues(bytes: Bytes): unknown };
  CompressionStream: ByteTransformClass;
  DecompressionStream: ByteTransformClass;
}

/** What the browser or Node offers. `crypto.subtle` is missing on pages that came over plain HTTP from elsewhere than localhost. */
export const platform = globalThis as unknown as Platform;
