/** The shape of a message's entry in the tables of §9: number, channel, bound, body. */
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export interface Codec<M> {
  code: number;
  /** Where it may stand: channel 0, another channel, or both. */
  on: 'connection' | 'document' | 'any';
  /** Of the body. */
  maxBytes: number;
  write(writer: Writer, message: M): void;
  read(reader: Reader): M;
}

export type CodecTable<M extends { type: string }> = { [T in M['type']]: Codec<Extract<M, { type: T }>> };

/** Codecs by message number. */
export function byCode<M extends { type: string }>(table: CodecTable<M>): readonly (Codec<M> | undefined)[] {
  const codecs: (Codec<M> | undefined)[] = [];
  for (const codec of Object.values(table) as Codec<M>[]) codecs[codec.code] = codec;
  return codecs;
}
