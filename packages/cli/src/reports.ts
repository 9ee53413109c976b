/** `archipel reports`: what people reported to this host. */
import { encodeBase64url } from '@archipel/protocol';
import type { Report } from '@archipel/relay/admin';
import { dayOf, type Moderation, printable, withModeration } from './moderation-file.ts';
import { countOf } from './progress.ts';
import type { Terminal } from './terminal.ts';

const BEGINNING = 60;

export interface ReportsOptions {
  /** Undefined: all that are open. */
  number: number | undefined;
  isClosing: boolean;
  note: string;
  /** The closed ones, too. */
  all: boolean;
}

/** The exit code. */
export function reports({ number, isClosing, note, all }: ReportsOptions, terminal: Terminal): Promise<number> {
  return withModeration(terminal, async (file) => {
    if (number === undefined) return list(file, all, terminal);
    const report = file.report(number);
    if (report === undefined) return `There is no report ${number}.`;
    if (!isClosing) return show(report, terminal);
    if (!file.closeReport(number, note)) return `Report ${number} is closed already.`;
    terminal.say(`Report ${number} is closed. How to reach who reported, and the link, are forgotten.`);
    return undefined;
  });
}

function list(file: Moderation, all: boolean, terminal: Terminal): undefined {
  const found = file.reports(all);
  if (found.length === 0) terminal.say(all ? 'Nobody has reported anything.' : 'No report is open.');
  for (const { id, time, category, words, link, isOpen } of found) {
    const [line = ''] = printable(words).split('\n');
    const beginning = line.length > BEGINNING ? `${line.slice(0, BEGINNING)}…` : line;
    const marks = `${link === '' ? '' : ', with the link'}${isOpen ? '' : ', closed'}`;
    terminal.say(`${String(id).padStart(5)}  ${dayOf(time)}  ${category}${marks}  ${beginning}`);
  }
  if (found.length > 0)
    terminal.say(`${countOf(found.length, 'report')}. Show one: npm run archipel -- reports NUMBER`);
}

function show(
  { id, time, docId, category, words, contact, link, isOpen, note }: Report,
  terminal: Terminal,
): undefined {
  const text = encodeBase64url(docId);
  terminal.say(`Report ${id} of ${dayOf(time)}${isOpen ? '' : ' (closed)'}`);
  terminal.say(`  about    ${text}`);
  terminal.say(`  category ${category}`);
  if (contact !== '') terminal.say(`  from     ${printable(contact)}`);
  if (link !== '') terminal.say(`  link     ${printable(link)}`);
  if (words !== '') terminal.say(`\n${printable(words)}\n`);
  if (note !== '') terminal.say(`  done     ${printable(note)}`);
  if (!isOpen) return;
  terminal.say('To take it down, or to close the report without that:');
  terminal.say(`  npm run archipel -- remove ${text} --reason ${category} --words "..."`);
  terminal.say(`  npm run archipel -- reports ${id} --close --note "..."`);
}
