/** Where hosts of a test stand, so that lines between them can be cut while what is at their ends goes on. */
import { type CutProxy, cutProxy } from './cut-proxy.ts';
import { freePort } from './free-port.ts';
import { buildNamespaces } from './namespaces.ts';

export interface Place {
  host: string;
  port: number;
  /** What runs a program there. */
  within: readonly string[];
}

export interface Stage {
  places: readonly Place[];
  /** By which address `from` reaches `to`; left out: its own. */
  way?(from: number, to: number): string;
  /** Nothing passes between these two any more, and neither is told. */
  cut(a: number, b: number): void;
  mend(a: number, b: number): void;
  close(): Promise<void>;
}

/** `npm run test:network` says whether there is a network namespace of our own. */
export function buildStage(hosts: number): Promise<Stage> {
  return process.env.ARCHIPEL_STAGE === 'own' ? buildNamespaces(hosts) : buildLines(hosts);
}

/** Where there are no namespaces, each host reaches each other by a line of its own, which can be stalled. */
async function buildLines(hosts: number): Promise<Stage> {
  const places: Place[] = [];
  for (let index = 0; index < hosts; index++) places.push({ host: '127.0.0.1', port: await freePort(), within: [] });
  const lines: CutProxy[][] = [];
  for (const _from of places) lines.push(await Promise.all(places.map(({ port }) => cutProxy(port))));
  const line = (from: number, to: number): CutProxy => lines[from]?.[to] as CutProxy;
  return {
    places,
    way: (from, to) => `http://127.0.0.1:${line(from, to).port}`,
    cut(a, b) {
      line(a, b).stall();
      line(b, a).stall();
    },
    mend(a, b) {
      line(a, b).mend();
      line(b, a).mend();
    },
    close: async () => {
      await Promise.all(lines.flat().map((each) => each.close()));
    },
  };
}
