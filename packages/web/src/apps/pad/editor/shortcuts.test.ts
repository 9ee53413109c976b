import { describe, expect, it } from 'vitest';
import { ariaShortcut, shortcutText } from './shortcuts.ts';

const french = { control: 'Ctrl', shift: 'Maj', alt: 'Alt', enter: 'Entrée', escape: 'Échap' };

describe('a shortcut', () => {
  it('is said as the keys are named', () => {
    expect(shortcutText('Mod-Shift-8', false, french)).toBe('Ctrl+Maj+8');
    expect(shortcutText('Mod-Alt-1', false, french)).toBe('Ctrl+Alt+1');
    expect(shortcutText('Mod-Enter', false, french)).toBe('Ctrl+Entrée');
    expect(shortcutText('Alt-F10', false, french)).toBe('Alt+F10');
    expect(shortcutText('Mod-Shift-s', true, french)).toBe('⇧⌘S');
  });

  it('is told to programs in their own words', () => {
    expect(ariaShortcut('Mod-b', false)).toBe('Control+B');
    expect(ariaShortcut('Mod-b', true)).toBe('Meta+B');
    expect(ariaShortcut('Mod-Enter', false)).toBe('Control+Enter');
  });
});
