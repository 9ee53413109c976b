/** Short messages that come, are said by screen readers, and go. `Toasts` (in the shell's frames) shows them. */
import { signal } from '@preact/signals';

export interface Toast {
  id: number;
  text: string;
  /** A thing to do about it. A toast with an action stays until it is used or dismissed. */
  action?: { text: string; run: () => void };
}

/** In milliseconds; long enough to be read twice. */
export const TOAST_LIFE_MS = 6000;
const TOASTS_MAX = 3;

export const toasts = signal<readonly Toast[]>([]);
/** What the page's live region says; not shown. */
export const announcement = signal('');

let lastId = 0;

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Shows a message (and has it read aloud), the newest three at a time. */
export function showToast(text: string, action?: Toast['action']): void {
  lastId += 1;
  const toast: Toast = { id: lastId, text, ...(action === undefined ? {} : { action }) };
  toasts.value = [...toasts.value.slice(1 - TOASTS_MAX), toast];
  if (action === undefined) setTimeout(() => dismissToast(toast.id), TOAST_LIFE_MS);
}

/** Has a sentence read aloud without showing it. */
export function announce(text: string): void {
  announcement.value = text;
}
