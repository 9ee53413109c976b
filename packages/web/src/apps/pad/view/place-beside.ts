const GAP_PX = 6;
const MARGIN_PX = 8;

/** Puts a fixed element under a place of the window, or above it where there is no room below. */
export function placeBeside(element: HTMLElement, place: () => { left: number; top: number; bottom: number }): void {
  const { left, top, bottom } = place();
  const { offsetWidth, offsetHeight } = element;
  const room = window.innerWidth - offsetWidth - MARGIN_PX;
  const isLow = bottom + GAP_PX + offsetHeight > (window.visualViewport?.height ?? window.innerHeight);
  const isRoomAbove = top - GAP_PX - offsetHeight > 0;
  element.style.left = `${Math.max(MARGIN_PX, Math.min(left, room))}px`;
  element.style.top = `${isLow && isRoomAbove ? top - GAP_PX - offsetHeight : bottom + GAP_PX}px`;
}
