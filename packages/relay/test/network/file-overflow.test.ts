// What one host has no room for goes to another one, with a voucher for files; what nobody takes is refused with the reason.
import { describe, expect, it, onTestFinished } from 'vitest';
import { BlobSender, refusal } from '../support/blobs.ts';
import { freePort } from '../support/free-port.ts';
import { Neighbour } from '../support/neighbours.ts';
import { until } from '../support/together.ts';

const DAY = 86_400;

async function pair(b: { capacity?: string; perDay?: number; welcome?: string[] } = {}) {
  const [full, roomy] = [new Neighbour(await freePort()), new Neighbour(await freePort())];
  const { perDay = 100, ...network } = b;
  const common = { url: '', people: 100 };
  await roomy.start([{ id: full.id, url: full.url, perDay, copies: false }], {
    network: { ...common, welcome: ['peers'], ...network, url: roomy.url },
  });
  await full.start([{ id: roomy.id, url: roomy.url }], {
    network: { ...common, capacity: '1 kB of files', url: full.url },
  });
  for (const host of [full, roomy]) onTestFinished(() => host.stop());
  const reached = async (): Promise<boolean> =>
    (await (await fetch(`${full.url}/metrics`)).text()).includes('archipel_peers_reached 1');
  await until(reached, 'the hosts know each other');
  const place = async (bytes: number, more: object = {}) => {
    const answer = await fetch(`${full.url}/.well-known/archipel/place`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ service: 'files', bytes, ttlSeconds: DAY, ...more }),
    });
    return { status: answer.status, json: (await answer.json()) as { relays: { voucher: string }[] } };
  };
  return { full, roomy, place };
}

const voucherOf = (json: { relays: { voucher: string }[] }): string =>
  `,voucher ${Buffer.from(json.relays[0]?.voucher ?? '', 'base64url').toString('base64')}`;

describe('a host without room for files', () => {
  it('[BLOB-4, VOU-1] keeps what fits, and sends on what does not with a voucher that counts once, for so many bytes', async () => {
    const { full, roomy, place } = await pair();
    expect(await place(900)).toMatchObject({ status: 200, json: { moved: false, relays: [{ url: full.url }] } });
    const { status, json } = await place(2000);
    expect({ status, json }).toMatchObject({ status: 200, json: { moved: true, relays: [{ url: roomy.url }] } });
    const sender = (length: number): BlobSender => new BlobSender(roomy.port, { length, expiry: now() + DAY });
    expect(await refusal(await sender(2000).create())).toEqual([403, 'not_welcome']);
    expect(await refusal(await sender(2001).create(voucherOf(json)))).toEqual([429, 'quota_reached']);
    const sent = sender(2000);
    expect((await sent.create(voucherOf(json))).status).toBe(201);
    expect((await sent.append(0)).status).toBe(204);
    expect(await refusal(await sender(2000).create(voucherOf(json)))).toEqual([409, 'voucher_used']);
  });

  it('[BLOB-4] room that was promised is kept for who was promised it, as the words of the host say', async () => {
    const { roomy, place } = await pair({ capacity: '5 kB of files', welcome: ['everyone'] });
    const { json } = await place(3000);
    expect(json).toMatchObject({ moved: true });
    expect(await place(3000)).toMatchObject({ status: 503, json: { error: 'full' } });
    expect(await refusal(await new BlobSender(roomy.port, { length: 3000 }).create())).toEqual([507, 'disk_full']);
    const sender = new BlobSender(roomy.port, { length: 3000, expiry: now() + DAY });
    expect((await sender.create(voucherOf(json))).status).toBe(201);
  });

  it('[VOU-1] sends no more a day than was agreed', async () => {
    const { place } = await pair({ perDay: 1 });
    expect((await place(2000)).status).toBe(200);
    expect(await place(2000)).toMatchObject({ status: 503, json: { error: 'full' } });
  });

  it('says why nobody takes it', async () => {
    const { place } = await pair({ capacity: 'no files' });
    expect(await place(500, { ttlSeconds: 400 * DAY })).toMatchObject({
      status: 400,
      json: { error: 'expiry_too_long' },
    });
    expect(await place(2000)).toMatchObject({ status: 413, json: { error: 'too_large', retryAfterMs: 0 } });
    expect(await place(2000, { forward: false })).toMatchObject({ status: 413, json: { error: 'too_large' } });
  });
});

const now = (): number => Math.floor(Date.now() / 1000);
