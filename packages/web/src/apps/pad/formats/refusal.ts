/** Why a file is not brought in: each has its sentence (`pad.bring.<reason>`). */
export type Reason = 'tooLarge' | 'broken' | 'hostile' | 'unknown' | 'password';

/** A file that is not what it should be: expected, and said to the person. */
export class Refusal extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}
