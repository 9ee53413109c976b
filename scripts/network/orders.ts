/** What is typed while the network runs. */
import type { KnownHost } from '@archipel/relay/services';

export const ORDERS = 'kill N (as a power cut), stop N, start N, list, quit';

type Say = (line: string) => void;

interface Order {
  what: string;
  done: string;
  carryOut: (host: KnownHost) => Promise<void>;
}

const ORDER_OF: Readonly<Record<string, Order>> = {
  kill: { what: 'kill', done: 'was killed', carryOut: (host) => host.kill() },
  stop: { what: 'stop', done: 'has stopped', carryOut: (host) => host.stop() },
  start: { what: 'start', done: 'serves', carryOut: (host) => (host.isRunning ? Promise.resolve() : host.start()) },
};

export interface OrderDeps {
  hosts: readonly KnownHost[];
  say: Say;
  list: () => void;
  quit: () => void;
}

/** One line; never rejects. */
export async function obey(line: string, { hosts, say, list, quit }: OrderDeps): Promise<void> {
  const [word = '', number = ''] = line.trim().toLowerCase().split(/\s+/);
  if (word === '') return;
  if (word === 'quit') return quit();
  if (word === 'list') return list();
  const order = ORDER_OF[word];
  const host = /^\d+$/.test(number) ? hosts[Number(number)] : undefined;
  if (order === undefined || host === undefined)
    return say(`What can be typed: ${ORDERS}. N is 0 to ${hosts.length - 1}.`);
  try {
    await order.carryOut(host);
    say(`${number} ${order.done}.`);
  } catch (error) {
    say(`${number}: ${(error as Error).message}`);
  }
}
