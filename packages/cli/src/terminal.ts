/** Where a command speaks, and how it is interrupted; passed in, so that tests have their own. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface Terminal {
  /** A line that stays. */
  say(line: string): void;
  /** A line of what went wrong. */
  complain(line: string): void;
  /** A line that the next one takes the place of; undefined where lines only follow each other. */
  replace: ((line: string) => void) | undefined;
  /** The first line of what is piped into the command. */
  ask(): Promise<string>;
  /** What is typed after a question, unseen; undefined where nobody can type, or nobody did. */
  secret(question: string): Promise<string | undefined>;
  /** Ctrl-C, or the end of the terminal. */
  onInterrupt(run: () => void): void;
}

const ERASE_LINE = '\r\u001b[2K';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;

export function terminal(): Terminal {
  const { stdout, stderr, stdin } = process;
  let isReplaceable = false;
  const clear = (): void => {
    if (isReplaceable) stdout.write(ERASE_LINE);
    isReplaceable = false;
  };
  return {
    say(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    complain(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    replace: stdout.isTTY
      ? (line) => {
          stdout.write(`${ERASE_LINE}${line.slice(0, stdout.columns - 1)}`);
          isReplaceable = true;
        }
      : undefined,
    async ask() {
      const lines = createInterface({ input: stdin });
      const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
      lines.close();
      return String(line ?? '').trim();
    },
    async secret(question) {
      if (!stdin.isTTY) return undefined;
      clear();
      stderr.write(question);
      const unseen = new Writable({ write: (_piece, _coding, done) => done() });
      const lines = createInterface({ input: stdin, output: unseen, terminal: true, historySize: 0 });
      lines.on('SIGINT', () => lines.close());
      const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
      lines.close();
      stderr.write('\n');
      return line === undefined ? undefined : String(line);
    },
    onInterrupt(run) {
      let count = 0;
      const interrupt = (): void => {
        count += 1;
        // Whoever asks twice does not want to wait.
        if (count > 1) process.exit(INTERRUPTED);
        run();
      };
      for (const signal of SIGNALS) process.on(signal, interrupt);
    },
  };
}
