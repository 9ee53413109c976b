/** `archipel reports`: what people reported to this host. */
import { encodeBase64url } from '@archipel/protocol';
import { type OpeningKey, openReport } from '@archipel/protocol/secret';
import { publishedAmong, type Report, type StorePlace } from '@archipel/relay/admin';
import { dayOf, printable, withModeration } from './moderation-file.ts';
import { countOf } from './progress.ts';
import { keyFile, readKey } from './reports-key.ts';
import type { Terminal } from './terminal.ts';

const BEGINNING = 60;

export interface ReportsOptions {
  /** Undefined: all that are open. */
  number: number | undefined;
  isClosing: boolean;
  note: string;
  /** The closed ones, too. */
  all: boolean;
  /** The file of the key to which reports are sealed; empty: where it is by itself. */
  key: string;
}

/** The exit code. */
export function reports({ number, isClosing, note, all, key }: ReportsOptions, terminal: Terminal): Promise<number> {
  return withModeration(terminal, async (file, store) => {
    const path = keyFile(key);
    const opening = await readKey(path);
    if (key !== '' && opening === undefined) return `${path} is not there.`;
    const read = (found: readonly Report[]): Promise<Read[]> => readAll(found, opening, store, terminal);
    if (number === undefined) return list(await read(file.reports(all)), all, terminal);
    const report = file.report(number);
    if (report === undefined) return `There is no report ${number}.`;
    if (!isClosing) {
      const [shown] = await read([report]);
      return shown && show(shown, path, terminal);
    }
    if (!file.closeReport(number, note)) return `Report ${number} is closed already.`;
    const isSealed = report.sealed.length > 0;
    const what = isSealed
      ? 'What was said in it is forgotten'
      : 'How to reach who reported, and the link, are forgotten';
    terminal.say(`Report ${number} is closed. ${what}.`);
    return undefined;
  });
}

/** As somebody with the key reads it; `isShut`: it is sealed, and this key does not open it. `isPage`: of a published page. */
type Read = Opened & { isPage: boolean };
type Opened = Report & { isShut: boolean };

/** A store that does not answer is complained of: the reports are read all the same. */
async function readAll(
  reports: readonly Report[],
  key: OpeningKey | undefined,
  store: StorePlace,
  terminal: Terminal,
): Promise<Read[]> {
  const all = await Promise.all(reports.map(opened(key)));
  const pages = await publishedAmong(
    store,
    reports.map(({ docId }) => docId),
  );
  if ('unknown' in pages) terminal.complain(`Which reports are of published pages is not known: ${pages.unknown}`);
  const isPage = ({ docId }: Report): boolean => 'has' in pages && pages.has(encodeBase64url(docId));
  return all.map((report) => ({ ...report, isPage: isPage(report) }));
}

function opened(key: OpeningKey | undefined): (report: Report) => Promise<Opened> {
  return async (report) => {
    if (report.sealed.length === 0) return { ...report, isShut: false };
    const said = key && (await openReport(key, report, report.sealed));
    return said === undefined ? { ...report, isShut: true } : { ...report, ...said, isShut: false };
  };
}

function list(found: readonly Read[], all: boolean, terminal: Terminal): undefined {
  if (found.length === 0) terminal.say(all ? 'Nobody has reported anything.' : 'No report is open.');
  for (const { id, time, category, words, link, isOpen, isShut, isPage } of found) {
    const [line = ''] = printable(words).split('\n');
    const beginning = line.length > BEGINNING ? `${line.slice(0, BEGINNING)}…` : line;
    const marks = `${isPage ? ', published page' : ''}${isShut ? ', sealed' : ''}${link === '' ? '' : ', with the link'}${isOpen ? '' : ', closed'}`;
    terminal.say(`${String(id).padStart(5)}  ${dayOf(time)}  ${category}${marks}  ${beginning}`);
  }
  if (found.length > 0)
    terminal.say(`${countOf(found.length, 'report')}. Show one: npm run archipel -- reports NUMBER`);
}

function show(
  { id, time, docId, category, words, contact, link, isOpen, note, isShut, isPage }: Read,
  path: string,
  terminal: Terminal,
): undefined {
  const text = encodeBase64url(docId);
  terminal.say(`Report ${id} of ${dayOf(time)}${isOpen ? '' : ' (closed)'}`);
  terminal.say(`  about    ${text}${isPage ? ` (published page: /p/${text})` : ''}`);
  terminal.say(`  category ${category}`);
  if (contact !== '') terminal.say(`  from     ${printable(contact)}`);
  if (link !== '') terminal.say(`  link     ${printable(link)}`);
  if (words !== '') terminal.say(`\n${printable(words)}\n`);
  if (isShut) terminal.say(`  sealed   ${path} does not open it: say --key FILE`);
  if (note !== '') terminal.say(`  done     ${printable(note)}`);
  if (!isOpen) return;
  terminal.say('To take it down, or to close the report without that:');
  terminal.say(`  npm run archipel -- remove ${text} --reason ${category} --words "..."`);
  terminal.say(`  npm run archipel -- reports ${id} --close --note "..."`);
}
