/** Passes on how far something is: each phase of it at once, and within a phase not more often than every so many milliseconds. */

export function seldom<P extends { phase?: string }>(
  everyMs: number,
  report: (progress: P) => void,
): (progress: P) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  let phase: string | undefined;
  return (progress) => {
    const now = Date.now();
    if (progress.phase === phase && now - saidMs < everyMs) return;
    phase = progress.phase;
    saidMs = now;
    report(progress);
  };
}
