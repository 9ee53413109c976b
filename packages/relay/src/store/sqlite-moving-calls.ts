/** The part of the embedded store that moves documents, outside the worker thread. */
import type { DescribedDocument, ImportPiece, MovableStore, StoreStanding } from './moving.ts';
import type { MovingCall } from './sqlite-messages.ts';
import type { PackedDescription } from './sqlite-moving.ts';
import type { StoreFailure } from './store.ts';

type Ask = <T>(call: MovingCall) => Promise<T | StoreFailure>;

/** Comes before every id. */
const BEFORE_ALL = new Uint8Array(1);

export class MovingCalls {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  readonly list: MovableStore['list'] = (after = BEFORE_ALL, limit) =>
    this.#ask({ method: 'list', after: new Uint8Array(after), limit });

  readonly count: MovableStore['count'] = () => this.#ask({ method: 'count' });

  readonly describe: MovableStore['describe'] = async (docId, skip) => {
    const id = new Uint8Array(docId);
    const described = await this.#ask<PackedDescription | 'not_found'>({ method: 'describe', docId: id, skip });
    if (typeof described === 'string') return described;
    const { num, state, after } = described;
    return { ref: { docId: id, num }, state, after } satisfies DescribedDocument;
  };

  readonly import: MovableStore['import'] = ({ docId, begins, records, state }: ImportPiece) => {
    const lengths = Uint32Array.from(records, ({ body }) => body.length);
    const data = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
    let offset = 0;
    for (const { body } of records) {
      data.set(body, offset);
      offset += body.length;
    }
    return this.#ask({ method: 'import', piece: { docId: new Uint8Array(docId), begins, lengths, data, state } });
  };

  readonly clear: MovableStore['clear'] = () => this.#ask({ method: 'clear' });

  readonly standing: MovableStore['standing'] = () => this.#ask<StoreStanding>({ method: 'standing' });

  readonly setStanding: MovableStore['setStanding'] = (standing, changes) =>
    this.#ask({ method: 'setStanding', standing, changes });
}
