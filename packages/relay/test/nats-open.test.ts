import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { StartError } from '../src/start-error.ts';
import { sharedNats } from './support/nats.ts';
import { docIdOf, hearing, openBus, ownNats, PATIENT, record } from './support/nats-bus.ts';
import { makeFolder } from './support/relay.ts';

describe('reaching NATS', () => {
  const failure = async (...servers: string[]): Promise<string> => {
    const error = await openBus('', { servers }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartError);
    return (error as StartError).message;
  };

  it('where nothing listens: one sentence without credentials', async () => {
    const server = await ownNats();
    await server.kill();
    const host = `127.0.0.1:${server.port}`;
    expect(await failure(`nats://u:hunter2@${host}`)).toBe(`NATS cannot be reached at ${host}: connection refused.`);
    expect(await failure(`nats://hunter2@${host}`, `nats://nowhere.invalid`)).toMatch(
      /^NATS cannot be reached at 127\.0\.0\.1:\d+, nowhere\.invalid: [^\n]+\.$/,
    );
    expect(await failure('http://a')).toBe('The setting bus is not right: an address begins with nats:// or tls://.');
  });

  it('one of several servers is enough', async () => {
    const [gone, there] = [await ownNats(), await ownNats()];
    await gone.kill();
    const servers = [gone.url, there.url];
    const [a, b] = [await openBus('', { servers }), await openBus('', { servers })];
    const ear = await hearing(b, docIdOf(1));
    a.publish(docIdOf(1), record(10));
    await expect.poll(() => ear.events, PATIENT).toEqual([record(10)]);
  });

  it('with user and password, a token, or a seed', async () => {
    const withUser = await ownNats(['--user', 'u', '--pass', 'p@ss']);
    const host = `127.0.0.1:${withUser.port}`;
    expect((await openBus(`nats://u:p%40ss@${host}`)).isUp).toBe(true);
    expect(await failure(`nats://u:hunter2@${host}`)).toBe(
      `NATS cannot be reached at ${host}: Authorization Violation.`,
    );
    expect(await failure(`nats://${host}`)).toContain('Authorization Violation');

    const withToken = await ownNats(['--auth', 's3cret']);
    expect((await openBus(withToken.url.replace('//', '//s3cret@'))).isUp).toBe(true);
    expect(await failure(withToken.url.replace('//', '//hunter2@'))).not.toContain('hunter2');

    const user = nkeys.createUser();
    const seed = new TextDecoder().decode(user.getSeed());
    const file = join(makeFolder(), 'nats.conf');
    writeFileSync(file, `authorization { users = [{ nkey: ${user.getPublicKey()} }] }`);
    const withSeed = await ownNats(['-c', file]);
    expect((await openBus(withSeed.url.replace('//', `//${seed}@`))).isUp).toBe(true);
  });

  it('a server that does not offer TLS is not spoken to without', async () => {
    const { port } = await sharedNats();
    expect(await failure(`tls://127.0.0.1:${port}`)).toContain("does not support 'tls'");
  });

  it('ends at once while there is no line', async () => {
    const server = await ownNats();
    const bus = await openBus(server.url);
    await server.kill();
    await expect.poll(() => bus.isUp, PATIENT).toBe(false);
    await bus.close();
    await bus.close();
    expect(bus.isUp).toBe(false);
  });
});
