interface Waiting<T> {
  entry: T;
  settle(): void;
}

/** The simplest group commit: whatever was asked for when the turn ends goes into one commit, on this very thread. */
export class Groups<T> {
  readonly #commit: (entries: readonly T[]) => void;
  #waiting: Waiting<T>[] = [];
  commits = 0;
  records = 0;

  /** `commit` returns when all entries are on the disk. */
  constructor(commit: (entries: readonly T[]) => void) {
    this.#commit = commit;
  }

  add(entry: T): Promise<undefined> {
    return new Promise((resolve) => {
      if (this.#waiting.push({ entry, settle: () => resolve(undefined) }) === 1) setImmediate(() => this.#run());
    });
  }

  #run(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#commit(waiting.map(({ entry }) => entry));
    this.commits += 1;
    this.records += waiting.length;
    for (const { settle } of waiting) settle();
  }
}
