// The rules before ours, for comparison: written here, in the simulation only.
import type { SeededRandom } from '@archipel/testkit';
import { MEAN_ROOM_UNITS } from './crowd.ts';
import type { SimHost } from './host.ts';
import type { Decision, MakeRule, RulePorts } from './rule.ts';

const TRIES = 4;

/** The next host to ask; `fullness` is what the last report says of the share that is taken. */
type Pick = (tried: readonly SimHost[]) => SimHost;
type MakePick = (ports: RulePorts, fullness: (host: SimHost) => number) => Pick;

function older(name: string, tries: number, makePick: MakePick): MakeRule {
  return (ports) => {
    const reported = new Float64Array(ports.hosts.length);
    const pick = makePick(ports, (host) => reported[host.index] ?? 0);
    return {
      name,
      isGuarded: false,
      doors: 1,
      place: () => askInTurn(pick, tries),
      report: (host, load) => {
        reported[host.index] = load.committedUnits / load.capacityUnits;
      },
      signal: () => undefined,
      losePortals: () => undefined,
    };
  };
}

/** With one try the host is sent whoever comes; with several it may say "full". */
function askInTurn(pick: Pick, tries: number): Decision {
  const tried: SimHost[] = [];
  while (tried.length < tries) {
    const host = pick(tried);
    tried.push(host);
    const isFull = host.committedUnits + MEAN_ROOM_UNITS > host.capacityUnits;
    if (tries > 1 && isFull) continue;
    host.committedUnits += MEAN_ROOM_UNITS;
    return { host, tries: tried.length, reservedUnits: MEAN_ROOM_UNITS };
  }
  return { host: undefined, tries: tried.length, reservedUnits: 0 };
}

const uniform: MakePick =
  ({ hosts, random }) =>
  (tried) =>
    drawUntil(() => random.pick(hosts), tried);

const byCapacity: MakePick = ({ hosts, random }) => {
  const draw = drawByCapacity(hosts, random);
  return (tried) => drawUntil(draw, tried);
};

const leastLoaded: MakePick =
  ({ hosts, random }, fullness) =>
  (tried) => {
    let best = drawUntil(() => random.pick(hosts), tried);
    for (const host of hosts) if (fullness(host) < fullness(best) && !tried.includes(host)) best = host;
    return best;
  };

const twoChoices: MakePick = ({ hosts, random }, fullness) => {
  const draw = drawByCapacity(hosts, random);
  return (tried) => {
    const one = drawUntil(draw, tried);
    const other = drawUntil(draw, [...tried, one]);
    return fullness(other) < fullness(one) ? other : one;
  };
};

const DRAWS_MAX = 50;

function drawUntil(draw: () => SimHost, tried: readonly SimHost[]): SimHost {
  for (let draws = 0; draws < DRAWS_MAX; draws++) {
    const host = draw();
    if (!tried.includes(host)) return host;
  }
  return draw();
}

function drawByCapacity(hosts: readonly SimHost[], random: SeededRandom): () => SimHost {
  let total = 0;
  const ends = hosts.map((host) => {
    total += host.capacityUnits;
    return total;
  });
  return () => {
    const wanted = random.next() * total;
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) <= wanted) low = middle + 1;
      else high = middle;
    }
    return hosts[low] as SimHost;
  };
}

export const OLDER_RULES: readonly MakeRule[] = [
  older('random (2020)', 1, uniform),
  older('random, "full, next"', TRIES, uniform),
  older('capacity-weighted random', 1, byCapacity),
  older('least loaded, next', TRIES, leastLoaded),
  older('weighted two choices, next', TRIES, twoChoices),
];
