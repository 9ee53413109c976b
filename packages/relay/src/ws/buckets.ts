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
    const passed = Math.max(0, nowMs - this.#atMs) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + passed * perSecond);
    this.#atMs = nowMs;
    const missing = Math.min(cost, burst) - this.#tokens;
    if (missing > 0) return Math.max(1, Math.ceil((missing / perSecond) * 1000));
    this.#tokens -= cost;
    return 0;
  }

  isFull(nowMs: number, perSecond: number, burst: number): boolean {
    return this.#tokens + (Math.max(0, nowMs - this.#atMs) / 1000) * perSecond >= burst;
  }
}
