/** Less than this is not a keyboard but a browser's bar that comes and goes. */
const KEYBOARD_MIN_PX = 80;

/**
 * Keeps `--keyboard` on an element: how much of the page's bottom the on-screen keyboard hides, so that a bar fixed
 * there stays above it. Returns how to stop.
 */
export function followKeyboard(element: HTMLElement): () => void {
  const viewport = window.visualViewport;
  if (viewport === null) return () => undefined;
  const measure = () => {
    const hidden = window.innerHeight - viewport.height - viewport.offsetTop;
    element.style.setProperty('--keyboard', hidden > KEYBOARD_MIN_PX ? `${Math.round(hidden)}px` : '0px');
  };
  viewport.addEventListener('resize', measure);
  viewport.addEventListener('scroll', measure);
  measure();
  return () => {
    viewport.removeEventListener('resize', measure);
    viewport.removeEventListener('scroll', measure);
  };
}
