import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Past } from '../../model/past.ts';
import { playRate, stepsOf } from '../../model/past.ts';
import type { PastDrawing } from '../../model/past-text.ts';

/** How long a play of everything takes, in seconds. */
export const SPEEDS = { slow: 90, normal: 30, fast: 8 } as const;
export type Speed = keyof typeof SPEEDS;

/** What is compared with the moment that is shown: nothing, the step before it, the last visit, a moment that was kept, or a version. */
export type Base = 'none' | 'step' | 'visit' | 'kept' | `version:${string}`;

const TICK_MS = 60;

export interface Player {
  /** Moments that the slider goes over, and where it is among them. */
  stops: readonly number[];
  index: number;
  step: number;
  /** The earlier and the later of the two moments that are shown. */
  span: { from: number; to: number };
  go: (index: number) => void;
  goToStep: (step: number) => void;
  isPlaying: boolean;
  play: (yes: boolean) => void;
  speed: Speed;
  setSpeed: (speed: Speed) => void;
  person: number | undefined;
  setPerson: (person: number | undefined) => void;
  base: Base;
  setBase: (base: Base) => void;
  keep: () => void;
  drawing: PastDrawing | undefined;
}

/** The slider, what moves it, and the text of the moment where it is. */
export function usePlayer(past: Past, firstBase: Base): Player {
  const [person, setPersonOnly] = useState<number | undefined>(undefined);
  const stops = useMemo(() => {
    const steps = stepsOf(past.moments, person);
    return person === undefined ? [0, ...steps] : steps;
  }, [past, person]);
  const [index, setIndex] = useState(stops.length - 1);
  const [speed, setSpeed] = useState<Speed>('normal');
  const [base, setBase] = useState<Base>(firstBase);
  const [kept, setKept] = useState(0);
  const step = stops[Math.min(index, stops.length - 1)] ?? 0;
  const other = baseStep(past, base, { step, kept });
  const span = { from: Math.min(step, other), to: Math.max(step, other) };
  const [isPlaying, setPlaying] = usePlay(stops.length, SPEEDS[speed], setIndex);
  const drawing = useDrawing(past, span.from, span.to);
  const goToStep = (wanted: number): void => {
    const all = [0, ...stepsOf(past.moments, undefined)];
    if (person !== undefined && !stops.includes(wanted)) setPersonOnly(undefined);
    const list = stops.includes(wanted) ? stops : all;
    setIndex(list.indexOf(wanted));
  };
  return {
    stops,
    index: Math.min(index, stops.length - 1),
    step,
    span,
    go: (wanted) => {
      setPlaying(false);
      setIndex(wanted);
    },
    goToStep,
    isPlaying,
    play: (yes) => {
      if (yes && index >= stops.length - 1) setIndex(0);
      setPlaying(yes);
    },
    speed,
    setSpeed,
    person,
    setPerson: (wanted) => {
      setPlaying(false);
      const next = wanted === undefined ? past.moments.length : stepsOf(past.moments, wanted).length - 1;
      setPersonOnly(wanted);
      setIndex(next);
    },
    base,
    setBase,
    keep: () => {
      setKept(step);
      setBase('kept');
    },
    drawing,
  };
}

function baseStep(past: Past, base: Base, { step, kept }: { step: number; kept: number }): number {
  if (base === 'step') return Math.max(0, step - 1);
  if (base === 'visit') return past.seen ?? step;
  if (base === 'kept') return kept;
  const version = base === 'none' ? undefined : past.versions.find(({ id }) => base === `version:${id}`);
  return version?.step ?? step;
}

/** Moves the slider while it plays; it stops at the end by itself. */
function usePlay(
  stops: number,
  seconds: number,
  setIndex: (next: (index: number) => number) => void,
): [boolean, (yes: boolean) => void] {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    let owed = 0;
    let last = performance.now();
    const timer = window.setInterval(() => {
      const now = performance.now();
      owed += ((now - last) / 1000) * playRate(stops, seconds);
      last = now;
      const steps = Math.floor(owed);
      owed -= steps;
      if (steps > 0) setIndex((index) => Math.min(stops - 1, index + steps));
    }, TICK_MS);
    return () => window.clearInterval(timer);
  }, [isPlaying, stops, seconds]);
  const set = (yes: boolean): void => setPlaying(yes);
  return [isPlaying, set];
}

/** The text of the moment; while one is drawn, only the last one that was wanted waits. */
function useDrawing(past: Past, from: number, to: number): PastDrawing | undefined {
  const [drawing, setDrawing] = useState<PastDrawing | undefined>(undefined);
  const line = useRef<{ isBusy: boolean; wanted: [number, number] | undefined }>({ isBusy: false, wanted: undefined });
  useEffect(() => {
    const { current } = line;
    current.wanted = [from, to];
    const draw = async (): Promise<void> => {
      if (current.isBusy || current.wanted === undefined) return;
      const [since, step] = current.wanted;
      current.wanted = undefined;
      current.isBusy = true;
      setDrawing(await past.at(step, since));
      current.isBusy = false;
      await draw();
    };
    void draw();
  }, [past, from, to]);
  return drawing;
}
