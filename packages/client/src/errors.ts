import type { ErrorName } from '@archipel/protocol';
import type { Evidence } from './evidence.ts';

/** An expected failure with its code of docs/protocol.md §11; the sentence for people is the front's business. */
export class ClientError extends Error {
  readonly code: ErrorName;

  constructor(code: ErrorName, options?: ErrorOptions) {
    super(code, options);
    this.name = 'ClientError';
    this.code = code;
  }
}

/** What a client says about its relay (§10), or about the storage of this machine. */
export interface Report {
  code: 'relay_forged' | 'relay_dropped' | 'relay_stale' | 'relay_contradicts' | 'open_failed' | 'storage_blocked';
  /** The rule of docs/protocol.md that was broken. */
  rule: string;
  detail: string;
  /** With `relay_contradicts`: what the host signed. */
  evidence?: Evidence;
}
