import { useEffect, useState } from 'preact/hooks';
import type { PadDocument } from '../../model/document.ts';
import type { Past, PastProblem, PastProgress } from '../../model/past.ts';

export type PastState =
  | { is: 'loading'; progress: PastProgress; sinceMs: number }
  | { is: 'ready'; past: Past }
  | { is: 'problem'; problem: PastProblem };

const PROBLEMS: readonly string[] = ['offline', 'closed', 'too_large', 'trouble'];

/** Reads the past as long as it is looked at; `round` grows to read it again. */
export function usePast(document: PadDocument, round: number): PastState {
  const [state, setState] = useState<PastState>({ is: 'loading', progress: { done: 0, total: 0 }, sinceMs: 0 });
  useEffect(() => {
    let isOver = false;
    let past: Past | undefined;
    const sinceMs = performance.now();
    setState({ is: 'loading', progress: { done: 0, total: 0 }, sinceMs });
    const progress = (now: PastProgress): void => {
      if (!isOver) setState({ is: 'loading', progress: now, sinceMs });
    };
    document.past.open(progress).then(
      (opened) => {
        past = opened;
        if (isOver) opened.close();
        else setState({ is: 'ready', past: opened });
      },
      (error: Error) => {
        const problem = PROBLEMS.includes(error.message) ? (error.message as PastProblem) : 'trouble';
        if (!isOver) setState({ is: 'problem', problem });
      },
    );
    return () => {
      isOver = true;
      past?.close();
    };
  }, [document, round]);
  return state;
}
