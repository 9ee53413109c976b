// Who may send files to a host that works with others: people who come by themselves, and those whom a host it knows has sent.
import { fromHex, hostIdOf, signFact, toHex, VOUCHER, type Voucher } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/index.ts';
import { loadIdentity } from '../../src/network/identity.ts';
import { BlobSender, refusal } from '../support/blobs.ts';
import { TestInbox } from '../support/inboxes.ts';
import { makeFolder, startRelay } from '../support/relay.ts';

const PEER_URL = 'http://127.0.0.1:1';
const DAY = 86_400;

async function start(network: object = {}) {
  const [data, peer] = [makeFolder(), loadIdentity(makeFolder())];
  const own = toHex(hostIdOf(loadIdentity(data).publicKey));
  const peers = [{ id: toHex(hostIdOf(peer.publicKey)), url: PEER_URL, perDay: 2 }];
  const settings = { url: 'http://127.0.0.1:4280', people: 10, welcome: ['peers'], peers, ...network };
  const { server } = await startRelay({ data, network: settings });
  const issued = Math.floor(Date.now() / 1000);
  const voucher = async (changes: Partial<Voucher> = {}, issuer = peer): Promise<string> => {
    const audience = fromHex(own) as Uint8Array;
    const fact = {
      audience,
      service: 'files',
      units: 1,
      maxBytes: 0,
      ttlSeconds: 0,
      nonce: random(16),
      issued,
      expires: issued + 300,
    };
    return `,voucher ${Buffer.from(await signFact(VOUCHER, { ...fact, ...changes }, issuer)).toString('base64')}`;
  };
  return { port: server.port, voucher, issued };
}

describe('a host that takes only whom others send', () => {
  it('[BLOB-4] refuses who comes by themselves, takes a voucher once, and so many a day', async () => {
    const { port, voucher } = await start();
    expect(await refusal(await new BlobSender(port).create())).toEqual([403, 'not_welcome']);
    const first = await voucher();
    expect((await new BlobSender(port).create(first)).status).toBe(201);
    expect(await refusal(await new BlobSender(port).create(first))).toEqual([409, 'voucher_used']);
    expect((await new BlobSender(port).create(await voucher())).status).toBe(201);
    expect(await refusal(await new BlobSender(port).create(await voucher()))).toEqual([429, 'quota_reached']);
  });

  it('[BLOB-4] one voucher allows no more than it says', async () => {
    const { port, voucher, issued } = await start();
    const small = await voucher({ maxBytes: 299 });
    expect(await refusal(await new BlobSender(port).create(small))).toEqual([429, 'quota_reached']);
    const short = await voucher({ ttlSeconds: 3600 });
    expect(await refusal(await new BlobSender(port).create(short))).toEqual([400, 'expiry_too_long']);
    expect((await new BlobSender(port, { expiry: issued + 3600 }).create(short)).status).toBe(201);
    const pads = await voucher({ service: 'docs' });
    expect(await refusal(await new BlobSender(port).create(pads))).toEqual([403, 'not_welcome']);
  });

  it('[ASK-6] a drop for a request that it took is welcome without a voucher, and no other one', async () => {
    const { port, voucher } = await start();
    const inbox = new TestInbox(port, { drops: { each: 300, all: 400 } });
    expect(await refusal(await inbox.create())).toEqual([403, 'not_welcome']);
    const given = Buffer.from((await voucher()).split(' ')[1] ?? '', 'base64').toString('base64url');
    expect((await inbox.send('POST', '', inbox.header, { 'archipel-voucher': given })).status).toBe(201);
    const [first, second] = [new BlobSender(port), new BlobSender(port)];
    expect((await first.create(inbox.permit(first.blobId))).status).toBe(201);
    expect(await refusal(await second.create(inbox.permit(second.blobId)))).toEqual([409, 'document_full']);
    expect(await refusal(await second.create(inbox.permit(first.blobId)))).toEqual([403, 'bad_signature']);
    expect(await refusal(await second.create())).toEqual([403, 'not_welcome']);
  });

  it('[BLOB-4] strangers and forgeries are nobody', async () => {
    const { port, voucher, issued } = await start();
    const stranger = await voucher({}, loadIdentity(makeFolder()));
    expect(await refusal(await new BlobSender(port).create(stranger))).toEqual([403, 'unknown_host']);
    const old = await voucher({ issued: issued - 400, expires: issued - 100 });
    expect(await refusal(await new BlobSender(port).create(old))).toEqual([410, 'expired']);
    const elsewhere = await voucher({ audience: random(20) });
    expect(await refusal(await new BlobSender(port).create(elsewhere))).toEqual([400, 'wrong_host']);
    expect(await refusal(await new BlobSender(port).create(',voucher AAAA'))).toMatchObject([400, expect.any(String)]);
  });
});

it('[BLOB-4] what is said in words is the room that there is', async () => {
  const said = { welcome: ['everyone'], capacity: '1 kB of files' };
  const { port } = await start(said);
  expect(await refusal(await new BlobSender(port, { length: 1001 }).create())).toEqual([413, 'too_large']);
  expect(
    (await new BlobSender(port, { length: 700, expiry: Math.floor(Date.now() / 1000) + DAY }).create()).status,
  ).toBe(201);
  expect(await refusal(await new BlobSender(port, { length: 700 }).create())).toEqual([507, 'disk_full']);
});
