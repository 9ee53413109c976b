/** Which commands there are, and what their arguments mean. */
import type { ParseArgsOptionsConfig } from 'node:util';
import { parseArgs } from 'node:util';
import { migrate } from './migrate.ts';
import { peer } from './peer.ts';
import type { Terminal } from './terminal.ts';

export const DONE = 0;
export const WRONG_USE = 2;

type Values = Record<string, string | boolean | undefined>;

interface Command {
  summary: string;
  help: string;
  options: ParseArgsOptionsConfig;
  /** What is missing or too much, as a sentence. */
  check(values: Values): string | undefined;
  /** The exit code. */
  run(values: Values, terminal: Terminal): Promise<number>;
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
  run: ({ to, bus, 'dry-run': isDry }, terminal) =>
    migrate({ to: String(to), bus: String(bus ?? ''), isDry: isDry === true }, terminal),
};

const PEER: Command = {
  summary: 'get to know another host, and work with it',
  help: `npm run archipel -- peer --url https://HOST [--fingerprint ABCD-...] [--remove]

Asks another host who it is, and shows it with its fingerprint. Whoever runs it tells you the same fingerprint by another
way, by phone for example; with it the host is written into archipel.json as one that yours works with.

  --url URL           address of the other host
  --fingerprint TEXT  what you were told; the host is added when it is the same
  --remove            works with it no more`,
  options: { url: { type: 'string' }, fingerprint: { type: 'string' }, remove: { type: 'boolean' } },
  check: ({ url }) => (url === undefined || url === '' ? 'Say which host: --url https://pads.example.org' : undefined),
  run: ({ url, fingerprint = '', remove }, terminal) =>
    peer({ url: String(url), fingerprint: String(fingerprint), isRemoval: remove === true }, terminal),
};

export const COMMANDS: Readonly<Record<string, Command>> = { migrate: MIGRATE, peer: PEER };

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
  if (parsed.help === true) {
    terminal.say(command.help);
    return DONE;
  }
  return command.run(parsed, terminal);
}

/** The values, or what is wrong with them. */
function parse({ options, check }: Command, args: string[]): Values | string {
  try {
    const all = { ...options, help: { type: 'boolean', short: 'h' } } as const;
    const values = parseArgs({ args, options: all, strict: true }).values as Values;
    return values.help === true ? values : (check(values) ?? values);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    // The first sentence; it names the option, and never its value.
    return `${message.split('. ')[0]}.`;
  }
}
