/** Says who may create documents and open them where a host tells others how much it takes. */
import type { Bytes, Header, Result } from '@archipel/protocol';

/** Something was let in, and counts; it is told what became of it. */
export interface Admitted {
  settle(isCreated: boolean): void;
}

export interface Admission {
  /** Whether one person more may open a document. */
  readonly admitsPerson: boolean;
  /** Before the document is created. */
  admit(voucher: Bytes | undefined, header: Header): Promise<Result<Admitted>>;
}
