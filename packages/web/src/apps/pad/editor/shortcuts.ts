/** The words of the keys that differ between languages. */
export interface KeyWords {
  control: string;
  shift: string;
  alt: string;
  enter: string;
  escape: string;
}

/** A shortcut for people: `Mod-Shift-8` is "Ctrl+Shift+8", or "⇧⌘8" on a Mac. */
export function shortcutText(shortcut: string, mac: boolean, words: KeyWords): string {
  const parts = shortcut.split('-');
  const last = parts.pop() ?? '';
  const names: Record<string, string> = { Enter: words.enter, Escape: words.escape };
  const key = names[last] ?? last.toUpperCase();
  if (mac) {
    const signs = { Alt: '⌥', Shift: '⇧', Mod: '⌘' };
    return (
      (['Alt', 'Shift', 'Mod'] as const)
        .filter((part) => parts.includes(part))
        .map((part) => signs[part])
        .join('') + key
    );
  }
  const held = { Mod: words.control, Alt: words.alt, Shift: words.shift };
  return [
    ...(['Mod', 'Alt', 'Shift'] as const).filter((part) => parts.includes(part)).map((part) => held[part]),
    key,
  ].join('+');
}

/** The same for programs, as `aria-keyshortcuts` wants it: "Control+Shift+8". */
export function ariaShortcut(shortcut: string, mac: boolean): string {
  const parts = shortcut.split('-');
  const last = parts.pop() ?? '';
  const held = { Mod: mac ? 'Meta' : 'Control', Alt: 'Alt', Shift: 'Shift' };
  const key = last.length === 1 ? last.toUpperCase() : last;
  return [
    ...(['Mod', 'Alt', 'Shift'] as const).filter((part) => parts.includes(part)).map((part) => held[part]),
    key,
  ].join('+');
}
