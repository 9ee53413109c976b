/** Room left between the caret and what covers the text, in px. */
const ROOM_PX = 12;

/**
 * How much of the window lies under the bars that stay in place, in px from each side; the caret is kept out of it.
 * Measured when it is asked for: the bars go with the width of the window, a phone's keyboard and the table's toolbar.
 */
export const covered = {
  left: 0,
  right: 0,
  get top(): number {
    return measured().top;
  },
  get bottom(): number {
    return measured().bottom;
  },
};

let last: { top: number; bottom: number } | undefined;

/** ProseMirror asks a dozen times with each key, for each element around the text: what is measured holds until it is done. */
function measured(): { top: number; bottom: number } {
  if (last === undefined) {
    queueMicrotask(() => {
      last = undefined;
    });
    last = {
      top: ROOM_PX + Math.max(0, ...bars('top').map(({ bottom }) => bottom)),
      bottom: ROOM_PX + Math.max(0, ...bars('bottom').map(({ top }) => seenHeight() - top)),
    };
  }
  return last;
}

/** What a phone's keyboard leaves of the window. */
function seenHeight(): number {
  return window.visualViewport?.height ?? window.innerHeight;
}

/** The bars stand before the text: each is found without a walk through a long one, which would be felt at each key. */
const BARS = ['.app-head', '.pad-bars'];

function bars(side: 'top' | 'bottom'): DOMRect[] {
  const boxes = BARS.flatMap((bar) => document.querySelector(bar)?.getBoundingClientRect() ?? []);
  return boxes.filter(({ top }) => top > seenHeight() / 2 === (side === 'bottom'));
}
