import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ControlAnswer, MigrateRequest } from '../src/host/control-messages.ts';
import { controlPath, Lines, lineOf } from '../src/host/control-messages.ts';
import { Author } from './support/author.ts';
import { freePort } from './support/free-port.ts';
import { makeFolder, startProcess, startRelay } from './support/relay.ts';

function migrateTo(to: string, isDry = false): MigrateRequest {
  return { do: 'migrate', to, bus: '', isDry };
}

async function line(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that the host answers until it hangs up. */
async function ask(path: string, text: string): Promise<ControlAnswer[]> {
  const socket = await line(path);
  const answers: ControlAnswer[] = [];
  const lines = new Lines(
    (answer) => answers.push(answer as ControlAnswer),
    () => socket.destroy(),
  );
  socket.setEncoding('utf8').on('data', (part) => lines.add(String(part)));
  socket.write(text);
  await once(socket, 'close');
  return answers;
}

describe('the socket for commands', () => {
  it('is there while the host runs, for its own user alone', async () => {
    const { server, folder } = await startRelay();
    const path = controlPath(folder, server.port);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await server.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('takes the place of one that a killed host left behind', async () => {
    const folder = makeFolder();
    const killed = await startProcess({ ARCHIPEL_DATA: folder, ARCHIPEL_PORT: String(await freePort()) });
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(controlPath(folder, killed.port))).toBe(true);
    const again = await startProcess({ ARCHIPEL_DATA: folder, ARCHIPEL_PORT: String(killed.port) });
    expect(again.ready).toBe(true);
    const answers = await ask(controlPath(folder, killed.port), lineOf(migrateTo('sqlite:', true)));
    expect(answers).toMatchObject([{ is: 'plan', documents: 0, obstacle: expect.stringContaining('already') }]);
  });

  it('a host whose folder has a name that is too long, or is no folder for sockets, does without', async () => {
    const deep = join(makeFolder(), 'x'.repeat(110));
    mkdirSync(deep);
    const { server } = await startRelay({ data: deep });
    expect(readdirSync(deep).filter((name) => name.endsWith('.sock'))).toEqual([]);
    await server.stop();
  });

  it('leaves alone the socket of another host', async () => {
    const folder = makeFolder();
    const port = await freePort();
    const other = createServer().listen(controlPath(folder, port));
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { server } = await startRelay({ data: folder, port });
    await server.stop();
    expect(existsSync(controlPath(folder, port))).toBe(true);
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['no command', '{"do":"dance"}\n'],
    ['a command without its values', '{"do":"migrate","to":5}\n'],
    ['a line without an end', 'x'.repeat(70_000)],
  ])('hangs up on %s', async (_what, text) => {
    const { server, folder } = await startRelay();
    expect(await ask(controlPath(folder, server.port), text)).toEqual([]);
  });
});

describe('a host that is told to move its documents', () => {
  it('says what it would do, and does nothing', async () => {
    const relay = await startRelay();
    await (await relay.client()).create(new Author());
    const target = join(makeFolder(), 'data');
    const path = controlPath(relay.folder, relay.server.port);
    const [plan] = await ask(path, lineOf(migrateTo(`sqlite:${target}`, true)));
    expect(plan).toMatchObject({ is: 'plan', documents: 1, to: `the data folder ${target}` });
    expect(plan).not.toHaveProperty('obstacle');
    expect(existsSync(target)).toBe(false);
  });

  it('moves them while people stay: they are told to come back, and nobody else is turned away', async () => {
    const relay = await startRelay();
    const author = new Author();
    const client = await relay.client();
    await client.create(author);
    const { channel } = await client.open(author, 'edit');
    const session = author.session();
    client.append(channel, session.record());
    await client.next('ack');
    const target = join(makeFolder(), 'data');
    const path = controlPath(relay.folder, relay.server.port);
    const moved = ask(path, lineOf(migrateTo(`sqlite:${target}`)));
    const goodbye = await client.next('goodbye');
    expect(goodbye.error).toBe('shutting_down');
    expect(goodbye.retryAfterMs).toBeGreaterThan(0);
    expect(goodbye.retryAfterMs).toBeLessThan(1000);
    // At once, whether the host is ready or not.
    const back = await relay.client();
    const { vector } = await back.open(author, 'view');
    expect(vector).toEqual([{ session: session.id, have: 1 }]);
    const answers = await moved;
    expect(answers.at(-1)).toMatchObject({
      is: 'moved',
      to: `the data folder ${target}`,
      done: { documents: 1, records: 1 },
    });
    expect(await ask(path, lineOf(migrateTo(`sqlite:${target}`)))).toMatchObject([{ is: 'moved' }]);
    await expect(startRelay({ data: relay.folder })).rejects.toThrow(/were moved to the data folder/);
    await relay.server.stop();
    const again = await startRelay({ data: target });
    expect((await (await again.client()).open(author, 'view')).vector).toEqual(vector);
  });

  it('stays as it is when it cannot, and says why', async () => {
    const relay = await startRelay();
    const author = new Author();
    const client = await relay.client();
    await client.create(author);
    const other = await startRelay();
    await (await other.client()).create(new Author());
    await other.server.stop();
    const path = controlPath(relay.folder, relay.server.port);
    const sentenceOf = async (to: string): Promise<string> => {
      const [answer] = await ask(path, lineOf(migrateTo(to)));
      return answer?.is === 'failed' ? answer.sentence : JSON.stringify(answer);
    };
    expect(await sentenceOf(`sqlite:${other.folder}`)).toMatch(/^There are documents in .* already/);
    expect(await sentenceOf('postgres://a:s3cret@127.0.0.1:1/b')).toMatch(/^No PostgreSQL listens at 127\.0\.0\.1:1/);
    expect(await sentenceOf('nowhere')).toMatch(/^That is not where documents can go/);
    await client.open(author, 'edit');
  });

  it('goes on as before when whoever asked hangs up', async () => {
    const relay = await startRelay();
    const author = new Author();
    const client = await relay.client();
    for (let i = 0; i < 40; i++) await client.create(i === 0 ? author : new Author());
    const target = join(makeFolder(), 'data');
    const socket = await line(controlPath(relay.folder, relay.server.port));
    socket.write(lineOf(migrateTo(`sqlite:${target}`)));
    await once(socket, 'data');
    socket.destroy();
    const path = controlPath(relay.folder, relay.server.port);
    await expect
      .poll(async () => (await ask(path, lineOf(migrateTo(`sqlite:${target}`, true))))[0], { timeout: 10_000 })
      .toMatchObject({ is: 'plan', documents: 40 });
    await client.open(author, 'edit');
  });
});
