import { TIMING } from '@archipel/client';
import type { RelayMessage } from '@archipel/protocol';
import { encodeFrame } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { Connection } from '../src/connection.ts';
import { Route } from '../src/route.ts';
import { FakeClock } from './support/fake-clock.ts';
import { FakeSocket, WELCOME } from './support/fake-socket.ts';

const A = 'wss://a.example/relay';
const B = 'wss://b.example/relay';

function setup(sockets = [A, B]) {
  const clock = new FakeClock();
  const opened: { url: string; socket: FakeSocket }[] = [];
  const openSocket = (url: string): FakeSocket => {
    const socket = new FakeSocket();
    opened.push({ url, socket });
    return socket;
  };
  const connections = new Map<string, Connection>();
  const take = (url: string): Connection => {
    const connection =
      connections.get(url) ?? new Connection(url, { clock, random: () => 0.5, timing: TIMING, openSocket });
    connections.set(url, connection);
    return connection;
  };
  const heard: string[] = [];
  const route = new Route(sockets, { clock, timing: TIMING, take, giveBack: () => undefined });
  route.attach({
    up: () => heard.push(`up ${route.audience}`),
    down: (isMoving) => heard.push(isMoving ? 'moving' : 'down'),
    stopped: (error) => heard.push(error),
  });
  const last = (url: string): FakeSocket => {
    const found = opened.findLast((one) => one.url === url);
    if (found === undefined) throw new Error(`${url} was not dialled`);
    return found.socket;
  };
  const dialled = (): string[] => opened.map(({ url }) => url);
  return { clock, heard, route, last, dialled };
}

describe('the way to a relay', () => {
  it('CHK-7: the first that is there serves, and the others are let go', () => {
    const { heard, last, dialled, clock } = setup();
    last(A).say(WELCOME);
    clock.advance(TIMING.nextRelayMs * 2);
    expect(heard).toEqual(['up a.example']);
    expect(dialled()).toEqual([A]);
  });

  it('CHK-7: one that does not answer in two seconds is not waited for', () => {
    const { heard, last, clock, dialled } = setup();
    clock.advance(1999);
    expect(dialled()).toEqual([A]);
    clock.advance(1);
    last(B).say(WELCOME);
    expect(heard).toEqual(['up b.example']);
    expect(last(A).closed).toBe(true);
  });

  it('CHK-7: one that cannot be reached is not waited for at all', () => {
    const { heard, last } = setup();
    last(A).onclose?.();
    last(B).say(WELCOME);
    expect(heard).toEqual(['up b.example']);
  });

  it('CHK-7: a line that drops leads to another relay at once, and stays there when the first is back', () => {
    const { heard, last, clock, dialled } = setup();
    last(A).say(WELCOME);
    last(A).onclose?.();
    last(B).say(WELCOME);
    clock.advance(TIMING.pingEveryMs - 1);
    expect(heard).toEqual(['up a.example', 'moving', 'up b.example']);
    expect(dialled().filter((url) => url === A)).toHaveLength(1);
  });

  it('CHK-7: a relay that asks to come back in a moment is waited for, but no longer than two seconds', () => {
    const goodbye: RelayMessage = { type: 'goodbye', error: 'shutting_down', retryAfterMs: 1000 };
    const { heard, last, clock, dialled } = setup();
    last(A).say(WELCOME);
    last(A).say(goodbye);
    last(A).onclose?.();
    expect(dialled()).toEqual([A]);
    clock.advance(1500);
    expect(dialled()).toEqual([A, A]);
    clock.advance(500);
    last(B).say(WELCOME);
    expect(heard.at(-1)).toBe('up b.example');
  });

  it('CHK-7: when all are away, each is tried again with its own growing delay, and the document is offline', () => {
    const { heard, last, clock, dialled } = setup();
    last(A).onclose?.();
    last(B).onclose?.();
    expect(heard).toEqual(['down']);
    clock.advance(TIMING.backoffMinMs);
    expect(dialled().slice(2).toSorted()).toEqual([A, B]);
    last(A).onclose?.();
    last(B).say(WELCOME);
    expect(heard.at(-1)).toBe('up b.example');
  });

  it('CHK-7: a relay that does not serve the document is passed over, and asked again later while no other is reached', () => {
    const { heard, route, last, clock, dialled } = setup();
    last(A).say(WELCOME);
    expect(route.hasOther).toBe(true);
    route.refuse();
    last(B).onclose?.();
    expect(heard).toEqual(['up a.example', 'moving', 'down']);
    const before = dialled().filter((url) => url === A).length;
    clock.advance(TIMING.askAgainMs);
    expect(dialled().filter((url) => url === A)).toHaveLength(before + 1);
  });

  it('CON-1: a relay of another version is passed over, and the last one is told', () => {
    const { heard, last } = setup();
    const newer = encodeFrame(0, [WELCOME]);
    newer[newer.indexOf(1, 2)] = 2;
    last(A).onmessage?.(newer);
    last(B).onmessage?.(newer);
    expect(heard).toEqual(['unsupported_version']);
  });

  it('an answer that comes when another relay serves is nobody’s, and the channel it opened is left', () => {
    const { route, last } = setup();
    last(A).say(WELCOME);
    const answers: unknown[] = [];
    route.request({ type: 'create', header: new Uint8Array(1) }, (answer) => answers.push(answer));
    last(A).onclose?.();
    last(B).say(WELCOME);
    expect(answers).toEqual([undefined]);
  });

  it('a document with one relay goes on as ever', () => {
    const { heard, last, route } = setup([A]);
    last(A).say(WELCOME);
    expect(route.hasOther).toBe(false);
    last(A).onclose?.();
    expect(heard).toEqual(['up a.example', 'down']);
  });
});
