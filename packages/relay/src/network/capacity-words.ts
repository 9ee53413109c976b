/** What a host takes, in the words of who runs it: "200 new pads a day, 5 GB of files, no video", in English or French. */

/** What is not said has no limit. */
export interface Capacity {
  /** Documents that are new on one day. */
  docsPerDay?: number;
  filesBytes?: number;
}

type Understood = { ok: true; capacity: Capacity } | { ok: false; wrong: string };

const NUMBER = String.raw`(?<number>\d+(?:[.,]\d+)?)`;
const NONE = "(?:no|not any|without|zero|aucune?|pas (?:de |d')|sans)";
const NEW = '(?:new|nouveaux|nouvelles|nouveau|nouvelle)';
const PADS = '(?:pads?|documents?|docs?|notes?)';
const A_DAY = '(?:a day|per day|each day|every day|daily|par jour|(?:chaque|le) jour|/ ?day|/ ?jour)';
const UNIT = '(?<unit>[kmgt]i?[bo])';
const FILES = '(?:files?|fichiers?)';
const ROOMS = '(?:videos?|video ?(?:calls?|conferences?)|visios?|visioconferences?|calls?|appels?|meetings?|reunions?)';

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const DOCS = whole(`${NUMBER} (?:${NEW} )?${PADS}(?: ${NEW})? ?${A_DAY}`);
const NO_DOCS = whole(`${NONE} ?(?:${NEW} )?${PADS}(?: ${NEW})?(?: ?${A_DAY})?`);
const BYTES = whole(`${NUMBER} ?${UNIT} ?(?:(?:of|de|for|pour(?: les)?) )?${FILES}`);
const NO_FILES = whole(`${NONE} ?${FILES}`);
/** This host offers no rooms yet, so that saying so again changes nothing. */
const NO_ROOMS = whole(`${NONE} ?${ROOMS}`);

const POWERS = 'kmgt';
const DECIMAL = 1000;
const BINARY = 1024;

/** The error names the part that is not understood. */
export function readCapacity(words: string): Understood {
  const capacity: Capacity = {};
  for (const part of partsOf(words)) {
    const found = readPart(plain(part));
    if (found === undefined) return { ok: false, wrong: `"${part}" is not understood` };
    for (const name of Object.keys(found) as (keyof Capacity)[]) {
      if (capacity[name] !== undefined) return { ok: false, wrong: `"${part}" says again what was said before` };
    }
    Object.assign(capacity, found);
  }
  return { ok: true, capacity };
}

/** A comma within a number separates nothing. */
function partsOf(words: string): string[] {
  const parts = words.split(/(?<!\d),|,(?!\d)|[;\n]| and | et /);
  return parts.map((part) => part.trim().replace(/\.$/, '')).filter((part) => part !== '');
}

/** In small letters, without accents, with one space between words and none within a number. */
function plain(part: string): string {
  const bare = part.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/’/g, "'");
  const spaced = bare.replace(/\s+/gu, ' ').replace(/^(?:up to|at most|jusqu'a|au plus|au maximum) /, '');
  return spaced.replace(/(?<=\d)[ .,](?=\d{3}(?!\d))/g, '');
}

function readPart(part: string): Capacity | undefined {
  const docs = DOCS.exec(part)?.groups;
  if (docs !== undefined) return countOf(docs.number, 1, 'docsPerDay');
  const files = BYTES.exec(part)?.groups;
  if (files !== undefined) return countOf(files.number, bytesIn(files.unit ?? ''), 'filesBytes');
  if (NO_DOCS.test(part)) return { docsPerDay: 0 };
  if (NO_FILES.test(part)) return { filesBytes: 0 };
  return NO_ROOMS.test(part) ? {} : undefined;
}

/** Undefined for a number with a fraction where things are counted, and for one beyond all measure. */
function countOf(text: string | undefined, times: number, name: keyof Capacity): Capacity | undefined {
  const number = Number(text?.replace(',', '.'));
  const count = times === 1 ? number : Math.round(number * times);
  return Number.isSafeInteger(count) ? { [name]: count } : undefined;
}

/** GB and Go are a thousand millions, GiB and Gio are powers of two. */
function bytesIn(unit: string): number {
  const power = 1 + POWERS.indexOf(unit.charAt(0));
  return (unit.includes('i') ? BINARY : DECIMAL) ** power;
}
