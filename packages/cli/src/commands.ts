/** Which commands there are, and what their arguments mean. A command is loaded when it is run: each needs other parts of the program. */
import type { ParseArgsOptionsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { MAX_DROP_MESSAGE_BYTES, MAX_SENDER_NAME_BYTES } from '@archipel/protocol';
import { REMOVE, REPORTS } from './moderation-commands.ts';
import type { Terminal } from './terminal.ts';

export const DONE = 0;
export const WRONG_USE = 2;

type Values = Record<string, string | boolean | undefined>;

interface Parsed {
  values: Values;
  others: readonly string[];
}

export interface Command {
  summary: string;
  help: string;
  options: ParseArgsOptionsConfig;
  /** Takes arguments without a name. */
  takesOthers?: boolean;
  /** What is missing or too much, as a sentence. */
  check(values: Values, others: readonly string[]): string | undefined;
  /** The exit code. */
  run(values: Values, terminal: Terminal, others: readonly string[]): Promise<number>;
}

const MIGRATE: Command = {
  summary: 'move the documents to another store while people write',
  help: `npm run archipel -- migrate --to WHERE [--bus nats://...] [--dry-run]

Moves all documents of this host to another store and goes on from there. People keep writing, and wait a second or two
at the end. Then archipel.json says where the documents are. Ctrl-C cancels: everything is as before.

  --to WHERE    postgres://user:password@host/database, or sqlite:./data, or - to read it from the input, so that
                other users of this machine do not see the password
  --bus WHERE   with PostgreSQL: NATS, by which several processes tell each other of changes, for example
                nats://127.0.0.1:4222; the settings need it from the next start on
  --dry-run     only says what would be done, and whether it can be`,
  options: { to: { type: 'string' }, bus: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  check: ({ to }) =>
    to === undefined || to === '' ? 'Say where the documents go: --to postgres://... or --to sqlite:./data' : undefined,
  run: async ({ to, bus, 'dry-run': isDry }, terminal) =>
    (await import('./migrate.ts')).migrate({ to: String(to), bus: String(bus ?? ''), isDry: isDry === true }, terminal),
};

const PEER: Command = {
  summary: 'get to know another host, and work with it',
  help: `npm run archipel -- peer --url https://HOST [--fingerprint ABCD-...] [--copies yes|no] [--per-day N] [--follow yes|no] [--remove]

Asks another host who it is, and shows it with its fingerprint and, when yours knows it, with what is agreed. Whoever runs it tells you the same fingerprint by another
way, by phone for example; with it the host is written into archipel.json as one that yours works with.

  --url URL           address of the other host
  --fingerprint TEXT  what you were told; the host is added when it is the same
  --copies yes|no     whether each keeps copies of the other's documents; yes when nothing is said
  --per-day N         how many documents it may create here or have copied here on one day; 1000 when nothing is said
  --follow yes|no     whether what it takes down is taken down here, too; no when nothing is said
  --remove            works with it no more`,
  options: {
    url: { type: 'string' },
    fingerprint: { type: 'string' },
    copies: { type: 'string' },
    'per-day': { type: 'string' },
    follow: { type: 'string' },
    remove: { type: 'boolean' },
  },
  check: ({ url, copies = 'yes', 'per-day': perDay = '0', follow = 'no' }) => {
    if (url === undefined || url === '') return 'Say which host: --url https://pads.example.org';
    if (copies !== 'yes' && copies !== 'no') return 'Say --copies yes or --copies no.';
    if (follow !== 'yes' && follow !== 'no') return 'Say --follow yes or --follow no.';
    return /^\d{1,9}$/.test(String(perDay)) ? undefined : 'Say how many documents, for example --per-day 200.';
  },
  run: async ({ url, fingerprint = '', copies, 'per-day': perDay, follow, remove }, terminal) => {
    const agreement = {
      ...(copies !== undefined && { copies: copies === 'yes' }),
      ...(perDay !== undefined && { perDay: Number(perDay) }),
      ...(follow !== undefined && { follow: follow === 'yes' }),
    };
    const isRemoval = remove === true;
    const { peer } = await import('./peer.ts');
    return peer({ url: String(url), fingerprint: String(fingerprint), isRemoval, agreement }, terminal);
  },
};

const DRAIN: Command = {
  summary: 'give what this host alone holds to other hosts, before it is stopped for good',
  help: `npm run archipel -- drain [--stay]

The host takes nothing new from now on, tells others so, and gives every document that it alone holds to a host that it
works with, while people keep writing. When all are on another host too, it says so: then it can be stopped.

  --stay   takes it back: the host takes new documents again`,
  options: { stay: { type: 'boolean' } },
  check: () => undefined,
  run: async ({ stay }, terminal) => (await import('./drain.ts')).drain({ stays: stay === true }, terminal),
};

const MOST_DAYS = 3650;
const isCount = (text: string | boolean, most: number): boolean =>
  /^\d{1,9}$/.test(String(text)) && Number(text) <= most;

const PUT: Command = {
  summary: 'seal files and send them; prints a link',
  help: `npm run archipel -- put FILE... [--host https://HOST] [--days N] [--downloads N] [--message TEXT] [--password]
npm run archipel -- put FILE... --to LINK [--name NAME] [--message TEXT]

Seals the files here, sends them to a host, and prints a link with which others can take them. The host learns neither
names nor contents. What was interrupted goes on when the same command is typed again.

  --to LINK         sends them to whoever asked for them with this link, in quotation marks
  --name NAME       with --to: who sends them; needed where it is asked for
  --host URL        the host that keeps them; the one of these settings when nothing is said
  --days N          how long they are kept; 7 when nothing is said
  --downloads N     how often they may be taken; as often as people want when nothing is said
  --message TEXT    what whoever takes them reads first
  --password        the link works only with a password, which is asked for here; tell it in another way than the link
  --password-file F the first line of F is that password; ARCHIPEL_PASSWORD in the environment is one, too`,
  takesOthers: true,
  options: {
    to: { type: 'string' },
    name: { type: 'string' },
    host: { type: 'string' },
    days: { type: 'string' },
    downloads: { type: 'string' },
    message: { type: 'string' },
    password: { type: 'boolean' },
    'password-file': { type: 'string' },
  },
  check({ days = '7', downloads = '0', message = '', to, name = '', ...more }, paths) {
    if (paths.length === 0) return 'Say which files.';
    const isOwn = [more.host, more.password, more['password-file']].some((value) => value !== undefined);
    if (to !== undefined && isOwn) return 'With --to, whoever asks has said where and how the files are kept.';
    if (to === undefined && name !== '') return 'Say --name together with --to.';
    if (Buffer.byteLength(String(name)) > MAX_SENDER_NAME_BYTES) return 'The name is too long.';
    if (!isCount(days, MOST_DAYS) || Number(days) === 0) return 'Say how many days, for example --days 7.';
    if (!isCount(downloads, 1e9)) return 'Say how often, for example --downloads 1.';
    return Buffer.byteLength(String(message)) > MAX_DROP_MESSAGE_BYTES ? 'The message is too long.' : undefined;
  },
  run: async ({ host = '', days = '7', downloads = '0', message = '', to, name = '', ...more }, terminal, paths) => {
    if (to !== undefined) {
      const { putTo } = await import('./put-to.ts');
      return putTo({ paths, link: String(to), name: String(name), message: String(message) }, terminal);
    }
    return (await import('./put.ts')).put(
      {
        paths,
        host: String(host),
        days: Number(days),
        downloads: Number(downloads),
        message: String(message),
        hasPassword: more.password === true,
        passwordFile: String(more['password-file'] ?? ''),
      },
      terminal,
    );
  },
};

const GET: Command = {
  summary: 'take the files that a link leads to',
  help: `npm run archipel -- get LINK [--to FOLDER]

Takes the files of a drop and verifies them. With the link that is yours alone of a request for files, it takes all that
was sent since the last time, each sending into a folder of its own. Nothing that is there is written over: a file whose name is taken gets
another. What was interrupted goes on when the same command is typed again.

  LINK          in quotation marks; - to read it from the input, so that other users of this machine do not see it
  --to FOLDER   where the files go; this folder when nothing is said
  --password-file F  the first line of F is the password of the link; else ARCHIPEL_PASSWORD, else it is asked for`,
  takesOthers: true,
  options: { to: { type: 'string' }, 'password-file': { type: 'string' } },
  check: (_values, others) => (others.length === 1 ? undefined : 'Say one link, in quotation marks.'),
  run: async ({ to = '.', 'password-file': file = '' }, terminal, [link = '']) =>
    (await import('./get.ts')).get(
      { link: link === '-' ? await terminal.ask() : link, to: String(to), passwordFile: String(file) },
      terminal,
    ),
};

const DROP: Command = {
  summary: 'show a drop, delete it, or keep it for longer',
  help: `npm run archipel -- drop LINK [--delete] [--days N]

Shows what a drop holds, until when it is kept, and how often it was taken; that counts as no download. With the link
that is yours alone it can be deleted or kept for longer.

  LINK       in quotation marks; - to read it from the input, so that other users of this machine do not see it
  --delete   removes it from the host at once, for ever
  --days N   keeps it for so many days from now on
  --password-file F  the first line of F is the password of the link; else ARCHIPEL_PASSWORD, else it is asked for`,
  takesOthers: true,
  options: { delete: { type: 'boolean' }, days: { type: 'string' }, 'password-file': { type: 'string' } },
  check({ delete: isDeletion, days }, others) {
    if (others.length !== 1) return 'Say one link, in quotation marks.';
    if (days === undefined) return undefined;
    if (isDeletion === true) return 'Say --delete or --days N.';
    return isCount(days, MOST_DAYS) && Number(days) > 0 ? undefined : 'Say how many days, for example --days 7.';
  },
  run: async ({ delete: isDeletion, days, 'password-file': file = '' }, terminal, [link = '']) =>
    (await import('./manage-drop.ts')).manageDrop(
      {
        link: link === '-' ? await terminal.ask() : link,
        isDeletion: isDeletion === true,
        days: days === undefined ? undefined : Number(days),
        passwordFile: String(file),
      },
      terminal,
    ),
};

export const COMMANDS: Readonly<Record<string, Command>> = {
  migrate: MIGRATE,
  peer: PEER,
  drain: DRAIN,
  put: PUT,
  get: GET,
  drop: DROP,
  reports: REPORTS,
  remove: REMOVE,
};

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return ['npm run archipel -- COMMAND', '', ...lines, '', 'COMMAND --help says more.'].join('\n');
}

/** The exit code: 0 done, 1 not done, 2 wrong use, 130 interrupted. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '', ...rest] = args;
  if (['--help', '-h', 'help'].includes(name)) {
    terminal.say(overview());
    return DONE;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    terminal.complain(name === '' ? overview() : `There is no command ${name}.\n\n${overview()}`);
    return WRONG_USE;
  }
  const parsed = parse(command, rest);
  if (typeof parsed === 'string') {
    terminal.complain(`${parsed}\n\n${command.help}`);
    return WRONG_USE;
  }
  const { values, others } = parsed;
  if (values.help === true) {
    terminal.say(command.help);
    return DONE;
  }
  return command.run(values, terminal, others);
}

/** The values, or what is wrong with them. */
function parse({ options, check, takesOthers = false }: Command, args: string[]): Parsed | string {
  try {
    const all = { ...options, help: { type: 'boolean', short: 'h' } } as const;
    const found = parseArgs({ args, options: all, strict: true, allowPositionals: takesOthers });
    const parsed = { values: found.values as Values, others: found.positionals };
    return parsed.values.help === true ? parsed : (check(parsed.values, parsed.others) ?? parsed);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    // The first sentence; it names the option, and never its value.
    return `${message.split('. ')[0]}.`;
  }
}
