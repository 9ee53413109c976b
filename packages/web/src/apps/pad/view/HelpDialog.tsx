import type { VNode } from 'preact';
import type { MessageKey } from '../../../i18n/index.ts';
import { t } from '../../../i18n/index.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { Command } from '../editor/commands.ts';
import { shortcutText } from '../editor/shortcuts.ts';
import { isMac, keyWords } from './platform.ts';

/** Keys that no button shows. */
const OTHER_KEYS: readonly [MessageKey, string][] = [
  ['pad.help.toolbar', 'Alt-F10'],
  ['pad.help.task', 'Mod-Enter'],
  ['pad.find.title', 'Mod-f'],
  ['pad.key.comment', 'Mod-Alt-m'],
  ['pad.commenting.choose', 'Alt-↓'],
];

/** What one types at the start of a line, or around words. These are the same in every language. */
const TYPED: readonly [MessageKey, string][] = [
  ['pad.tool.heading1', '# '],
  ['pad.tool.heading2', '## '],
  ['pad.tool.heading3', '### '],
  ['pad.tool.bulletList', '- '],
  ['pad.tool.orderedList', '1. '],
  ['pad.tool.taskList', '[ ] '],
  ['pad.tool.blockquote', '> '],
  ['pad.callout.note', '[!note] '],
  ['pad.callout.tip', '[!tip] '],
  ['pad.callout.warning', '[!warning] '],
  ['pad.tool.codeBlock', '``` '],
  ['pad.tool.rule', '---'],
  ['pad.tool.bold', '**…**'],
  ['pad.tool.italic', '*…*'],
  ['pad.tool.strike', '~~…~~'],
  ['pad.tool.code', '`…`'],
  ['pad.tool.footnote', '^[…]'],
  ['pad.tool.emoji', ':…'],
];

interface HelpDialogProps {
  open: boolean;
  onClose: () => void;
  commands: readonly (readonly Command[])[];
}

/** The keys of the pad: how to leave the text, the shortcuts, the markdown signs. */
export function HelpDialog({ open, onClose, commands }: HelpDialogProps): VNode {
  const words = keyWords();
  const keys = commands.flat().flatMap(({ label, shortcut }) => (shortcut ? [[label, shortcut] as const] : []));
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.help.title')}>
      <div class="pad-help">
        <h3>{t('pad.help.leaveTitle')}</h3>
        <p>{t('pad.help.leave')}</p>
        <h3>{t('pad.help.keysTitle')}</h3>
        <dl class="pad-keys">
          {[...OTHER_KEYS, ...keys].map(([label, shortcut]) => (
            <div key={label}>
              <dt>{t(label)}</dt>
              <dd>
                <kbd>{shortcutText(shortcut, isMac, words)}</kbd>
              </dd>
            </div>
          ))}
        </dl>
        <h3>{t('pad.help.typedTitle')}</h3>
        <dl class="pad-keys">
          {TYPED.map(([label, typed]) => (
            <div key={label}>
              <dt>{t(label)}</dt>
              <dd>
                <kbd>{typed.replace(/ $/, '␣')}</kbd>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
