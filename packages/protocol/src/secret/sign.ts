/** What an owner signs: headers and orders. */
import { type Bytes, concat } from '../bytes.ts';
import { encodeUnsignedHeader, headerSigningInput, type RelayEntry } from '../header.ts';
import { KIND_LOG } from '../limits.ts';
import { encodeUnsignedOrder, type OrderFields, orderSigningInput } from '../order.ts';
import type { WriterKeys } from '../record.ts';
import { type Keys, signerFor } from './keys.ts';
import type { Suite } from './suite.ts';

/** The header's fields that are not keys. */
export interface HeaderFields {
  seq: number;
  /** Unix seconds; 0 never. */
  expiry: number;
  /** 0, also by default: the host's limit. */
  maxBytes?: number;
  /** Seconds; 0, also by default: as long as the document. */
  retention?: number;
  editorsMayMove?: boolean;
  pastOpen?: true;
  relays?: RelayEntry[];
  former?: WriterKeys[];
  inbox?: Bytes;
  post?: Bytes;
  /** There is a link to comment (§23). */
  hasComments?: boolean;
  /** Hash of the header before; exactly when seq > 1. */
  previous?: Bytes;
}

/** A header's bytes, with the public keys and the generation of an owner's keys. */
export async function signHeader(_suite: Suite, keys: Keys, header: HeaderFields): Promise<Bytes> {
  const { hasComments = false, ...fields } = header;
  const owner = signerFor(keys, 'own');
  const unsigned = encodeUnsignedHeader({
    maxBytes: 0,
    retention: 0,
    editorsMayMove: false,
    relays: [],
    ...fields,
    kind: KIND_LOG,
    gen: keys.gen ?? 0,
    owner: owner.publicKey,
    edit: signerFor(keys, 'edit').publicKey,
    read: keys.readSigner.publicKey,
    ...(hasComments && { comment: signerFor(keys, 'comment').publicKey }),
  });
  return concat(unsigned, await owner.sign(headerSigningInput(unsigned)));
}

/** An order's bytes (§8). */
export async function signOrder(keys: Keys, fields: OrderFields): Promise<Bytes> {
  const unsigned = encodeUnsignedOrder(fields);
  return concat(unsigned, await signerFor(keys, 'own').sign(orderSigningInput(keys.docId, unsigned)));
}
