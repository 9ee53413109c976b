/** Passes on how far a move is: each phase at once, and within a phase not more often than every so many milliseconds. */
import type { MoveProgress } from '../store/move.ts';

export function seldom(everyMs: number, report: (progress: MoveProgress) => void): (progress: MoveProgress) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  let phase: MoveProgress['phase'] | undefined;
  return (progress) => {
    const now = Date.now();
    if (progress.phase === phase && now - saidMs < everyMs) return;
    phase = progress.phase;
    saidMs = now;
    report(progress);
  };
}
