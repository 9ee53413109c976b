/** Why a store did not open: a sentence for the host. */
export class StoreOpenError extends Error {
  readonly code: string;

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }
}
