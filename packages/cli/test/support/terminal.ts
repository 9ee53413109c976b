/** A terminal that remembers what was said. */
import type { Terminal } from '../../src/terminal.ts';

export interface TestTerminal extends Terminal {
  said: string[];
  complained: string[];
  interrupt(): void;
}

interface TestTerminalOptions {
  /** The lines that would be replaced. */
  replaced?: string[];
  /** What is piped in. */
  input?: string;
  /** What is typed unseen, one answer after the other; undefined: nobody can type. */
  secrets?: string[];
}

export function testTerminal({ replaced, input = '', secrets = [] }: TestTerminalOptions = {}): TestTerminal {
  const interrupts: (() => void)[] = [];
  const terminal: TestTerminal = {
    said: [],
    complained: [],
    say: (line) => void terminal.said.push(line),
    complain: (line) => void terminal.complained.push(line),
    replace: replaced && ((line) => void replaced.push(line)),
    ask: () => Promise.resolve(input),
    secret: () => Promise.resolve(secrets.shift()),
    onInterrupt: (run) => void interrupts.push(run),
    interrupt: () => {
      for (const run of interrupts) run();
    },
  };
  return terminal;
}
