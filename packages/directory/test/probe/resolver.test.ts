import { createSocket } from 'node:dgram';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dnsResolver } from '../../src/probe/index.ts';
import { prober } from './peers.ts';

const A = 1;
const AAAA = 28;
const NXDOMAIN = 3;
const SERVFAIL = 2;

type Reply = { code: number } | { addresses: Record<number, readonly (readonly number[])[]> } | 'silence';

/** A name server that says the same of every name (RFC 1035, 4.1). */
async function nameServer(reply: Reply): Promise<{ server: string; names: string[] }> {
  const names: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const nameEnd = query.indexOf(0, 12);
    const question = query.subarray(12, nameEnd + 5);
    names.push(readName(query.subarray(12, nameEnd)));
    if (reply === 'silence') return;
    const type = query.readUInt16BE(nameEnd + 1);
    const found = 'addresses' in reply ? (reply.addresses[type] ?? []) : [];
    const head = Buffer.alloc(12);
    head.writeUInt16BE(query.readUInt16BE(0), 0);
    head.writeUInt16BE(0x8180 | ('code' in reply ? reply.code : 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(found.length, 6);
    const records = found.map((address) => [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, address.length, ...address]);
    socket.send(Buffer.concat([head, question, Buffer.from(records.flat())]), from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    socket.close();
  });
  return { server: `127.0.0.1:${socket.address().port}`, names };
}

function readName(labels: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at < labels.length; at += (labels[at] ?? 0) + 1) {
    parts.push(labels.toString('latin1', at + 1, at + 1 + (labels[at] ?? 0)));
  }
  return parts.join('.');
}

const IPV6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];

describe('a name', () => {
  it('has the addresses of both kinds, in turn', async () => {
    const { server } = await nameServer({
      addresses: {
        [A]: [
          [192, 0, 2, 1],
          [192, 0, 2, 2],
        ],
        [AAAA]: [IPV6],
      },
    });
    expect(await dnsResolver({ servers: [server] })('two.example')).toEqual(['2001:db8::9', '192.0.2.1', '192.0.2.2']);
  });

  it('may have one kind only', async () => {
    const { server } = await nameServer({ addresses: { [A]: [[192, 0, 2, 1]] } });
    expect(await dnsResolver({ servers: [server] })('one.example')).toEqual(['192.0.2.1']);
  });

  it('is asked for as it is, and never in the domain of this machine', async () => {
    const { server, names } = await nameServer({ code: NXDOMAIN });
    const outcome = await prober({ resolver: dnsResolver({ servers: [server] }) }).get('http://printer/');
    expect(outcome).toMatchObject({ stage: 'resolve', code: 'no_such_name' });
    expect(new Set(names)).toEqual(new Set(['printer']));
  });

  it.each<[string, Reply, string]>([
    [
      'leads into a host’s inner network',
      {
        addresses: {
          [A]: [
            [10, 0, 0, 1],
            [169, 254, 169, 254],
          ],
        },
      },
      'refused_address',
    ],
    ['has no address', { addresses: {} }, 'no_such_name'],
    ['does not exist', { code: NXDOMAIN }, 'no_such_name'],
    ['is not known to a broken server', { code: SERVFAIL }, 'resolver_failed'],
    ['is asked of a silent server', 'silence', 'timeout'],
  ])('that %s', async (_what, reply, code) => {
    const { server } = await nameServer(reply);
    const asker = prober({ resolver: dnsResolver({ servers: [server] }), limits: { resolveMs: 400 } });
    expect(await asker.get('http://some.example/')).toMatchObject({ stage: 'resolve', code });
  });

  it('localhost is this machine, and nobody is asked', async () => {
    const { server, names } = await nameServer({ code: NXDOMAIN });
    const resolver = dnsResolver({ servers: [server] });
    expect(await Promise.all(['localhost', 'a.LOCALHOST', 'localhost.'].map(resolver))).toEqual(
      Array.from({ length: 3 }, () => ['127.0.0.1', '::1']),
    );
    const outcome = await prober({ allowLoopback: false, resolver }).get('http://localhost/');
    expect(outcome).toMatchObject({ code: 'refused_address' });
    expect(names).toEqual([]);
  });
});
