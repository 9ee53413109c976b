/**
 * A stage in a network namespace of the tests' own (scripts/network-tests.ts makes it): each host has a namespace in it, an address among
 * those of this machine (a host that others reach needs https), and a cable to a common bridge.
 */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Place, Stage } from './stage.ts';

const PREFIX = '127.77.0';
const PORT = 4280;
const BRIDGE = 'stage';
/** Nobody has it: what is sent there is lost, as on a cut line. */
const NOBODY = '02:00:00:00:00:01';
/** Of all addresses that begin with 127, a namespace keeps few to itself: the others lead to its neighbours. */
const OWN = '127.0.0.1/16';

const ip = (...words: string[]): void => void execFileSync('ip', words);

function openLoopback(run: (program: string, ...words: string[]) => void, device: string): void {
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'address', 'flush', 'dev', 'lo');
  run('ip', 'address', 'add', OWN, 'dev', 'lo');
  for (const name of ['all', device]) run('sh', '-c', `echo 1 > /proc/sys/net/ipv4/conf/${name}/route_localnet`);
}

class Room {
  readonly place: Place;
  readonly #holder: ChildProcess;
  readonly #number: number;

  private constructor(number: number, holder: ChildProcess) {
    this.#number = number;
    this.#holder = holder;
    this.place = { host: `${PREFIX}.${number}`, port: PORT, within: ['nsenter', '-t', String(holder.pid), '-n'] };
  }

  static async open(number: number): Promise<Room> {
    // It holds the namespace until its input ends: with this process at the latest.
    const holder = spawn('unshare', ['-n', 'sh', '-c', 'echo; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const room = new Room(number, holder);
    const cable = `host${number}`;
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'cable', 'netns', String(holder.pid));
    ip('link', 'set', cable, 'master', BRIDGE, 'up');
    openLoopback(room.run, 'cable');
    room.run('ip', 'address', 'add', `${room.place.host}/24`, 'dev', 'cable');
    room.run('ip', 'link', 'set', 'cable', 'up');
    return room;
  }

  readonly run = (program: string, ...words: string[]): void => {
    const [enter = '', ...rest] = this.place.within;
    execFileSync(enter, [...rest, program, ...words]);
  };

  lose({ place }: Room): void {
    this.run('ip', 'neighbour', 'replace', place.host, 'lladdr', NOBODY, 'dev', 'cable', 'nud', 'permanent');
  }

  find({ place }: Room): void {
    this.run('ip', 'neighbour', 'delete', place.host, 'dev', 'cable');
  }

  async close(): Promise<void> {
    ip('link', 'delete', `host${this.#number}`);
    const ended = once(this.#holder, 'exit');
    this.#holder.stdin?.end();
    await ended;
  }
}

/** For all stages of a run. */
function buildBridge(): void {
  if (spawnSync('ip', ['link', 'show', BRIDGE]).status === 0) return;
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  openLoopback((program, ...words) => void execFileSync(program, words), BRIDGE);
  ip('address', 'add', `${PREFIX}.1/24`, 'dev', BRIDGE);
  ip('link', 'set', BRIDGE, 'up');
}

export async function buildNamespaces(hosts: number): Promise<Stage> {
  buildBridge();
  const rooms: Room[] = [];
  for (let index = 0; index < hosts; index++) rooms.push(await Room.open(index + 2));
  const at = (index: number): Room => rooms[index] as Room;
  return {
    places: rooms.map(({ place }) => place),
    cut(a, b) {
      at(a).lose(at(b));
      at(b).lose(at(a));
    },
    mend(a, b) {
      at(a).find(at(b));
      at(b).find(at(a));
    },
    close: async () => {
      for (const room of rooms) await room.close();
    },
  };
}
