import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printLink } from '@archipel/protocol/secret';
import { makeConfig, startServer } from '@archipel/relay';
import { expect, it, onTestFinished } from 'vitest';
import { dropOf, newTicket, readDropFacts, takeTicket } from '../src/drop/index.ts';
import { nodeSuite } from '../src/node.ts';
import { bigFile, send } from './support/drops.ts';

async function startHost(): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'archipel-lost-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const server = await startServer(makeConfig({ host: '127.0.0.1', port: 0, logLevel: 'silent', data }));
  onTestFinished(() => server.stop());
  return server.port;
}

/** A proxy before a host that passes on every request, and loses so many answers to those for tickets. */
async function losing(port: number, answers: number): Promise<{ origin: string; lost(): number }> {
  let lost = 0;
  const server = createServer((near, response) => {
    const { method, url, headers } = near;
    const far = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      if (url?.endsWith('/downloads') && lost < answers) {
        lost += 1;
        answer.resume().once('end', () => near.socket.destroy());
        return;
      }
      answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers));
    });
    near.pipe(far);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lost: () => lost };
}

it('[BLOB-11] an answer that is lost is asked for again and counts one download: none is burnt, and no more than allowed are given', async () => {
  const port = await startHost();
  const { view } = await send(`http://127.0.0.1:${port}`, bigFile(1), { downloads: 2 });
  const { origin, lost } = await losing(port, 3);
  const drop = await dropOf(nodeSuite, printLink({ ...view, hints: [] }), origin, fetch);
  if (!drop.ok) throw new Error(drop.error);
  const { keys, line } = drop.value;
  const deps = { suite: nodeSuite, wait: async () => undefined };
  const taken = async (): Promise<number> => {
    const facts = await readDropFacts(deps, keys, line);
    return facts.ok ? facts.value.taken : Number.NaN;
  };

  await taken();
  const ticket = newTicket(nodeSuite);
  expect(await takeTicket(deps, line, ticket)).toEqual({ ok: true, value: ticket });
  expect([lost(), await taken()]).toEqual([3, 1]);
  expect((await takeTicket(deps, line, newTicket(nodeSuite))).ok).toBe(true);
  expect(await takeTicket(deps, line, newTicket(nodeSuite))).toEqual({ ok: false, error: 'downloads_spent' });
  expect(await takeTicket(deps, line, ticket)).toEqual({ ok: true, value: ticket });
  expect(await taken()).toBe(2);
});
