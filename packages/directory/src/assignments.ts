/** What we have sent to a host since its last report, which cannot contain it yet (rule 2). In units, in order of time. */
export class Assignments {
  #entries: { atMs: number; units: number }[] = [];
  #units = 0;

  get units(): number {
    return this.#units;
  }

  /** Returns what takes it back, for a host that refused. */
  add(units: number, atMs: number): () => void {
    const entry = { atMs, units };
    this.#entries.push(entry);
    this.#units += units;
    return () => {
      const index = this.#entries.indexOf(entry);
      if (index < 0) return;
      this.#entries.splice(index, 1);
      this.#sum();
    };
  }

  /** A report made at `atMs` contains what was assigned before. */
  reported(atMs: number): void {
    if (this.#entries.length === 0) return;
    this.#entries = this.#entries.filter((entry) => entry.atMs > atMs);
    this.#sum();
  }

  /** Summed anew, so that no error of floating point remains. */
  #sum(): void {
    this.#units = this.#entries.reduce((sum, { units }) => sum + units, 0);
  }
}
