import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** How long a mouse rests on a button before its tooltip comes. */
const REST_MS = 450;
const MARGIN_PX = 8;

interface Shown {
  text: string;
  anchor: Element;
}

/** One tooltip for all buttons of a bar: `show` after a rest, `hide` says whether there was one. */
export function useTooltip() {
  const shown = useSignal<Shown | null>(null);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return {
    shown,
    show: (anchor: Element, text: string, afterMs = REST_MS) => {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        shown.value = { anchor, text };
      }, afterMs);
    },
    hide: (): boolean => {
      window.clearTimeout(timer.current);
      const wasShown = shown.value !== null;
      shown.value = null;
      return wasShown;
    },
  };
}

/** Drawn above or below its anchor, inside the window. Not for screen readers: the button has the same name. */
export function Tooltip({ shown }: { shown: Signal<Shown | null> }): VNode | null {
  const tip = useRef<HTMLDivElement>(null);
  const now = shown.value;
  useEffect(() => {
    const element = tip.current;
    if (element === null || now === null) return;
    const anchor = now.anchor.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const left = anchor.left + anchor.width / 2 - width / 2;
    const below = anchor.bottom + MARGIN_PX + height < window.innerHeight;
    element.style.left = `${Math.max(MARGIN_PX, Math.min(left, window.innerWidth - width - MARGIN_PX))}px`;
    element.style.top = `${below ? anchor.bottom + MARGIN_PX : anchor.top - MARGIN_PX - height}px`;
    element.classList.add('is-placed');
  }, [now]);
  if (now === null) return null;
  return (
    <div ref={tip} key={now.text} class="pad-tooltip" aria-hidden="true">
      {now.text}
    </div>
  );
}
