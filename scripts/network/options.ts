import { parseArgs } from 'node:util';

export interface NetworkOptions {
  hosts: number;
  /** The portal's; the hosts have the next ones. */
  port: number;
  data: string;
}

export const USAGE = `npm run network -- 5 [--port 4280] [--data ./data-network]
`;

const HOSTS_MAX = 20;
const PORT_MAX = 65_535 - HOSTS_MAX;

/** Throws a sentence for people when something is wrong. */
export function readOptions(args: readonly string[]): NetworkOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '4280' },
      data: { type: 'string', default: './data-network' },
    },
  });
  const hosts = Number(positionals[0] ?? 5);
  const port = Number(values.port);
  const isBetween = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
  if (positionals.length > 1 || !isBetween(hosts, 1, HOSTS_MAX)) throw new Error(`How many hosts? 1 to ${HOSTS_MAX}.`);
  if (!isBetween(port, 1, PORT_MAX)) throw new Error(`--port takes a number from 1 to ${PORT_MAX}.`);
  return { hosts, port, data: values.data };
}
