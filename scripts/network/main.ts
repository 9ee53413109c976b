// `npm run network -- 5`: a portal and some hosts that know each other, on this machine, for people to try.
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithParent, type KnownHost, type KnownHostPlan, makeKnownHosts } from '@archipel/relay/services';
import { type Character, castOf } from './cast.ts';
import { type NetworkOptions, readOptions, USAGE } from './options.ts';
import { ORDERS, obey } from './orders.ts';
import { portFor } from './ports.ts';
import { table } from './table.ts';

const HOST = '127.0.0.1';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function planOf(character: Character, folder: string, port: number, isPortal: boolean): KnownHostPlan {
  const { name, operator, country, people, capacity, languages, position } = character;
  const network = { people, capacity, languages, position, ...(isPortal && { portal: {} }) };
  return { folder, settings: { host: HOST, port, logLevel: 'warn', name, operator, country, network } };
}

async function makePlans({ hosts, port: first, data }: NetworkOptions): Promise<KnownHostPlan[]> {
  const plans: KnownHostPlan[] = [];
  const taken = new Set<number>();
  for (const [index, character] of castOf(hosts).entries()) {
    const folder = join(resolve(data), index === 0 ? 'portal' : `host-${index}`);
    const port = await portFor(folder, first + index, taken);
    taken.add(port);
    plans.push(planOf(character, folder, port, index === 0));
  }
  return plans;
}

function list(plans: readonly KnownHostPlan[], hosts: readonly KnownHost[]): void {
  const rows = hosts.map(({ origin, fingerprint, isRunning }, index) => {
    const { name = '', country = '', network } = (plans[index] as KnownHostPlan).settings;
    const state = isRunning ? '' : 'does not run';
    return [String(index), name, country, origin, `${network.people} people`, fingerprint, state];
  });
  say('');
  for (const line of table([['', 'name', 'in', 'address', 'room for', 'fingerprint', ''], ...rows])) say(line);
  say('');
}

/** Resolves when all have stopped. */
async function run(options: NetworkOptions): Promise<void> {
  const plans = await makePlans(options);
  const hosts = makeKnownHosts(plans);
  const stopped = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done());
  });
  let isStopping = false;
  for (const [index, host] of hosts.entries()) {
    // Ctrl-C in a terminal reaches them too.
    host.whenFailed = (code) => setTimeout(() => isStopping || say(`${index} has ended with ${code}.`), 100);
  }
  try {
    await Promise.race([
      stopped,
      (async () => {
        await Promise.all(hosts.map((host) => host.start()));
        for (const host of hosts) await host.compareFingerprint();
        list(plans, hosts);
        say(
          `All fingerprints are compared. Open ${hosts[0]?.origin} in a browser. To try: ${ORDERS}; Ctrl-C stops all.`,
        );
        const lines = createInterface({ input: process.stdin });
        const quit = (): void => void process.kill(process.pid, 'SIGTERM');
        lines.on('line', (line) => void obey(line, { hosts, say, list: () => list(plans, hosts), quit }));
        await stopped;
        lines.close();
      })(),
    ]);
  } finally {
    isStopping = true;
    await Promise.all(hosts.map((host) => host.stop()));
  }
}

endWithParent();
try {
  const options = readOptions(process.argv.slice(2));
  await run(options);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${USAGE}`);
  process.exit(1);
}
