/** What the commands about reports and removals take. */
import { REMOVAL_CATEGORIES } from '@archipel/protocol';
import type { Command } from './commands.ts';

const NUMBER = /^[1-9]\d{0,8}$/;
const MAX_WORDS = 1000;

export const REPORTS: Command = {
  summary: 'show what people reported to this host, and close it',
  help: `npm run archipel -- reports [NUMBER] [--close] [--note TEXT] [--all] [--key FILE]
npm run archipel -- reports --make-key [--key FILE]

Lists what people reported and nobody has closed. With a number it shows one report: what it is about, how to reach who
reported, and, when they agreed, the link. Whoever opens that link can read what it leads to.

  --close      closes it; how to reach who reported, and the link, are forgotten
  --note TEXT  what was done, for those who look later
  --all        lists the closed ones, too
  --make-key   makes the key to which people seal what they report, and says so in the settings
  --key FILE   the file of that key; ~/.local/state/archipel/reports.key when nothing is said`,
  takesOthers: true,
  options: {
    close: { type: 'boolean' },
    note: { type: 'string' },
    all: { type: 'boolean' },
    key: { type: 'string' },
    'make-key': { type: 'boolean' },
  },
  check({ close, note, 'make-key': isMaking }, others) {
    if (isMaking === true && (others.length > 0 || close === true)) return 'A key is made for all reports.';
    if (others.length > 1 || others.some((text) => !NUMBER.test(text))) return 'Say the number of one report.';
    if (close === true && others.length === 0) return 'Say which report is closed.';
    return note !== undefined && close !== true ? 'A note goes with --close.' : undefined;
  },
  run: async ({ close, note = '', all, key = '', 'make-key': isMaking }, terminal, [number]) => {
    if (isMaking === true) return (await import('./reports-key.ts')).makeKey(String(key), terminal);
    return (await import('./reports.ts')).reports(
      {
        key: String(key),
        number: number === undefined ? undefined : Number(number),
        isClosing: close === true,
        note: String(note),
        all: all === true,
      },
      terminal,
    );
  },
};

export const REMOVE: Command = {
  summary: 'take down a document or a drop, with the reason; or take that back',
  help: `npm run archipel -- remove [ID] [--reason WORD] [--words TEXT] [--undo]

Takes down what this host keeps under an id, for good: its bytes are removed, nobody can open or create it here again,
and whoever opens its link reads the reason. Hosts that follow this one do the same. Without an id it lists what was
taken down.

  ID             of a report, or of a document or drop; or a whole link, of which only the id is used
  --reason WORD  ${REMOVAL_CATEGORIES.slice(0, 5).join(', ')},
                 ${REMOVAL_CATEGORIES.slice(5).join(', ')}
  --words TEXT   for whoever opens the link
  --undo         the id may be used again; what was removed does not come back`,
  takesOthers: true,
  options: { reason: { type: 'string' }, words: { type: 'string' }, undo: { type: 'boolean' } },
  check({ reason, words = '', undo }, others) {
    if (others.length > 1) return 'Say one id, or one link in quotation marks.';
    if (others.length === 0) return undo === true || reason !== undefined ? 'Say which id.' : undefined;
    if (String(words).length > MAX_WORDS) return 'The words are too long.';
    const isReason = REMOVAL_CATEGORIES.some((category) => category === reason);
    return undo === true || isReason ? undefined : `Say --reason with one of: ${REMOVAL_CATEGORIES.join(', ')}.`;
  },
  run: async ({ reason = '', words = '', undo }, terminal, [id = '']) =>
    (await import('./remove.ts')).remove(
      { id, category: String(reason), words: String(words), isUndo: undo === true },
      terminal,
    ),
};
