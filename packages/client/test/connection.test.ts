import { TIMING } from '@archipel/client';
import type { ErrorName, RelayMessage } from '@archipel/protocol';
import { encodeFrame } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { Connection } from '../src/connection.ts';
import { FakeClock } from './support/fake-clock.ts';
import { FakeSocket, WELCOME } from './support/fake-socket.ts';

const CREATED: RelayMessage = { type: 'created', request: 1 };

function setup(random = 0.5) {
  const clock = new FakeClock();
  const sockets: FakeSocket[] = [];
  let hint: () => void = () => undefined;
  const connection = new Connection('wss://relay.example/relay', {
    clock,
    random: () => random,
    timing: TIMING,
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    hints: {
      subscribe: (listener) => {
        hint = listener;
        return () => undefined;
      },
    },
  });
  const heard: string[] = [];
  const user = {
    up: () => heard.push('up'),
    down: (error?: ErrorName) => heard.push(error === undefined ? 'down' : `down ${error}`),
    stopped: (error: ErrorName) => heard.push(`stopped ${error}`),
  };
  connection.attach(user);
  const last = (): FakeSocket => sockets.at(-1) ?? new FakeSocket();
  return { clock, sockets, connection, heard, user, last, hint: () => hint() };
}

describe('connection', () => {
  it('CON-1: is up with the Welcome of the relay, not before', () => {
    const { heard, last } = setup();
    expect(heard).toEqual([]);
    last().say(WELCOME);
    expect(heard).toEqual(['up']);
  });

  it('CON-1: a newer version is not tried again', () => {
    const { heard, last, clock, sockets } = setup();
    const frame = encodeFrame(0, [WELCOME]);
    frame[3] = 2;
    const welcome = frame.indexOf(1, 2);
    frame[welcome] = 2;
    last().onmessage?.(frame);
    expect(heard).toEqual(['stopped unsupported_version']);
    clock.advance(600_000);
    expect(sockets).toHaveLength(1);
  });

  it('waits longer after each failure, up to 30 s, between half and the whole of it', () => {
    const { clock, last } = setup(0);
    const waits: number[] = [];
    for (let failure = 0; failure < 10; failure++) {
      last().onclose?.();
      const wait = clock.next ?? 0;
      waits.push(wait);
      clock.advance(wait);
    }
    expect(waits.slice(0, 4)).toEqual([150, 300, 600, 1200]);
    expect(waits.at(-1)).toBe(15_000);
    const whole = setup(0.999999);
    for (let failure = 0; failure < 10; failure++) {
      whole.last().onclose?.();
      const wait = whole.clock.next ?? 0;
      if (failure === 0) expect(wait).toBeCloseTo(300, 0);
      if (failure === 9) expect(wait).toBeCloseTo(30_000, 0);
      whole.clock.advance(wait);
    }
  });

  it('starts over with short waits once it was served, and not by a Welcome alone', () => {
    const { clock, last, connection } = setup(0);
    for (let failure = 0; failure < 3; failure++) {
      last().onclose?.();
      clock.advance(clock.next ?? 0);
    }
    last().say(WELCOME);
    last().onclose?.();
    expect(clock.next).toBe(1200);
    clock.advance(1200);
    last().say(WELCOME);
    connection.request({ type: 'create', header: new Uint8Array(3) }, () => undefined);
    last().say(CREATED);
    last().onclose?.();
    expect(clock.next).toBe(150);
  });

  it('CON-8: does not come back before the relay asked for', () => {
    const { clock, last, heard, sockets } = setup();
    last().say(WELCOME);
    last().say({ type: 'goodbye', error: 'shutting_down', retryAfterMs: 4000 });
    last().onclose?.();
    expect(heard).toEqual(['up', 'down shutting_down']);
    expect(clock.next).toBeGreaterThanOrEqual(4000);
    clock.advance(5000);
    expect(sockets).toHaveLength(2);
  });

  it('pings every 15 s, and calls a line dead after 10 s without an answer', () => {
    const { clock, last, heard, sockets } = setup();
    const [first] = sockets;
    last().say(WELCOME);
    clock.advance(15_000);
    expect(last().sent.map(({ type }) => type)).toEqual(['ping']);
    last().say({ type: 'pong', payload: new Uint8Array(8) });
    clock.advance(15_000);
    expect(heard).toEqual(['up']);
    clock.advance(9_999);
    expect(heard).toEqual(['up']);
    clock.advance(1);
    expect(heard).toEqual(['up', 'down']);
    expect(first?.closed).toBe(true);
  });

  it('anything that arrives is an answer', () => {
    const { clock, last, heard } = setup();
    last().say(WELCOME);
    clock.advance(16_000);
    last().say({ type: 'peers', connections: 2 }, 5);
    clock.advance(11_000);
    expect(heard).toEqual(['up']);
  });

  it('gives up a socket that does not greet within 10 s', () => {
    const { clock, sockets } = setup();
    clock.advance(10_000);
    expect(sockets[0]?.closed).toBe(true);
    clock.advance(1000);
    expect(sockets).toHaveLength(2);
  });

  it('dials at once when the browser is online again', () => {
    const { last, sockets, hint } = setup();
    last().onclose?.();
    expect(sockets).toHaveLength(1);
    hint();
    expect(sockets).toHaveLength(2);
  });

  it('finds out soon whether a line survived, when the tab is seen again', () => {
    const { clock, last, heard, hint } = setup();
    last().say(WELCOME);
    hint();
    expect(last().sent.map(({ type }) => type)).toEqual(['ping']);
    clock.advance(2500);
    expect(heard).toEqual(['up', 'down']);
  });

  it('CON-6: a frame that does not decode ends the line, which is dialled again', () => {
    const { clock, last, heard, sockets } = setup();
    last().say(WELCOME);
    last().onmessage?.(Uint8Array.of(0, 0x42, 0));
    expect(heard).toEqual(['up', 'down']);
    clock.advance(400);
    expect(sockets).toHaveLength(2);
  });

  it('tells whoever waits for an answer that the line broke', () => {
    const { last, connection } = setup();
    last().say(WELCOME);
    const answers: (RelayMessage | undefined)[] = [];
    connection.request({ type: 'create', header: new Uint8Array(3) }, (answer) => answers.push(answer));
    connection.listen(7, (message) => answers.push(message));
    last().onclose?.();
    expect(answers).toEqual([undefined, undefined]);
  });

  it('a late message of an old socket is not heard', () => {
    const { clock, sockets, heard } = setup();
    const [first] = sockets;
    first?.say(WELCOME);
    first?.onclose?.();
    clock.advance(400);
    first?.say(WELCOME);
    first?.onclose?.();
    expect(heard).toEqual(['up', 'down']);
  });

  it('closes its socket with its last user', () => {
    const { last, connection, user, clock, sockets } = setup();
    last().say(WELCOME);
    connection.detach(user);
    expect(last().closed).toBe(true);
    clock.advance(100_000);
    expect(sockets).toHaveLength(1);
    connection.attach(user);
    expect(sockets).toHaveLength(2);
  });

  it('CON-2: the audience is the name that was dialled, as a Host header says it', () => {
    const { connection } = setup();
    expect(connection.audience).toBe('relay.example');
  });
});
