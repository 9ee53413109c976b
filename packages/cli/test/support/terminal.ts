/** A terminal that remembers what was said. */
import type { Terminal } from '../../src/terminal.ts';

export interface TestTerminal extends Terminal {
  said: string[];
  complained: string[];
  interrupt(): void;
}

/** `replaced`: the lines that would be replaced; `input`: what is piped in. */
export function testTerminal({ replaced, input = '' }: { replaced?: string[]; input?: string } = {}): TestTerminal {
  const interrupts: (() => void)[] = [];
  const terminal: TestTerminal = {
    said: [],
    complained: [],
    say: (line) => void terminal.said.push(line),
    complain: (line) => void terminal.complained.push(line),
    replace: replaced && ((line) => void replaced.push(line)),
    ask: () => Promise.resolve(input),
    onInterrupt: (run) => void interrupts.push(run),
    interrupt: () => {
      for (const run of interrupts) run();
    },
  };
  return terminal;
}
