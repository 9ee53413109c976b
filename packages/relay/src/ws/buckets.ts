/** Token buckets: so many at once, then so many per second. */
export class Bucket {
  #tokens: number;
  #atMs: number;

  constructor(burst: number, nowMs: number) {
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Takes `cost` tokens: 0 when there were enough, else the milliseconds until there will be, and nothing is taken. */
  take(nowMs: number, perSecond: number, burst: number, cost = 1): number {
    this.#refill(nowMs, perSecond, burst);
    const missing = Math.min(cost, burst) - this.#tokens;
    if (missing > 0) return Math.max(1, Math.ceil((missing / perSecond) * 1000));
    this.#tokens -= cost;
    return 0;
  }

  /** Takes what was spent in another place of the same purse, which did not know what is left here: down to a debt of one burst. */
  charge(nowMs: number, perSecond: number, burst: number, cost: number): void {
    this.#refill(nowMs, perSecond, burst);
    this.#tokens = Math.max(-burst, this.#tokens - cost);
  }

  isFull(nowMs: number, perSecond: number, burst: number): boolean {
    return this.#tokens + (Math.max(0, nowMs - this.#atMs) / 1000) * perSecond >= burst;
  }

  #refill(nowMs: number, perSecond: number, burst: number): void {
    const passed = Math.max(0, nowMs - this.#atMs) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + passed * perSecond);
    this.#atMs = nowMs;
  }
}
