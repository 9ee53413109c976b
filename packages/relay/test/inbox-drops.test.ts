/** Drops that are sent for a request: what they may take together, and which items announce them. */
import { encodeBase64url } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import { BlobSender, pair, refusal } from './support/blobs.ts';
import { nowSeconds, TestInbox } from './support/inboxes.ts';
import { sharedNats } from './support/nats.ts';
import { testDatabase } from './support/postgres.ts';
import { makeFolder, startRelay } from './support/relay.ts';

const LIMITS = { each: 400, all: 1000 };
const FULL = [409, 'document_full'];

async function requested(changes = {}, settings = {}) {
  const { server } = await startRelay(settings);
  const inbox = new TestInbox(server.port, { drops: LIMITS, ...changes });
  expect((await inbox.create()).status).toBe(201);
  return { port: server.port, server, inbox };
}

/** A drop for the inbox; who sends it announces it with this key. */
function dropFor(inbox: TestInbox, length = 300, sender = pair()) {
  const blob = new BlobSender(inbox.port, { length });
  const create = (): Promise<Response> => blob.create(inbox.permit(blob.blobId, sender));
  return { blob, sender, create, item: () => inbox.item({ sender }) };
}

describe('a drop for a request', () => {
  it('[ASK-3, ASK-5] is created with a permit, sent, and then announced; not before, and not without', async () => {
    const { inbox } = await requested();
    const { blob, create, item } = dropFor(inbox);
    const announced = item();
    expect(await refusal(await inbox.add(announced))).toEqual([409, 'upload_incomplete']);
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(201);
    await blob.append(0, 200);
    expect(await refusal(await inbox.add(announced))).toEqual([409, 'upload_incomplete']);
    await blob.append(200);
    expect(await (await inbox.add(announced)).json()).toMatchObject({ number: 1 });
    const plain = new BlobSender(inbox.port);
    await plain.send();
    expect(await refusal(await inbox.add(inbox.item()))).toEqual([409, 'upload_incomplete']);
    // What was answered is answered so when the drop is gone, too.
    await blob.ask('own', 'DELETE');
    expect(await (await inbox.add(announced)).json()).toMatchObject({ number: 1 });
  });

  it('[ASK-3] counts for nobody whose link its sender has not, and for no other drop', async () => {
    const { inbox } = await requested();
    const [blob, other] = [new BlobSender(inbox.port), new BlobSender(inbox.port)];
    const refused = async (permit: string) => refusal(await blob.create(permit));
    expect(await refused(inbox.permit(blob.blobId, pair(), pair()))).toEqual([403, 'bad_signature']);
    expect(await refused(inbox.permit(other.blobId))).toEqual([403, 'bad_signature']);
    const elsewhere = new TestInbox(inbox.port, { drops: LIMITS });
    expect(await refused(elsewhere.permit(blob.blobId))).toEqual([404, 'not_found']);
    expect(await refused(',permit AAAA')).toEqual([400, 'unsupported_version']);
    await inbox.putHeader(inbox.next({ closes: nowSeconds() - 1 }));
    expect(await refused(inbox.permit(blob.blobId))).toEqual([410, 'closed']);
    await inbox.own('DELETE');
    expect(await refused(inbox.permit(blob.blobId))).toEqual([410, 'deleted']);
  });

  it('[ASK-8] its owner, and nobody else, sees which drops count', async () => {
    const { inbox } = await requested();
    const [one, two] = [dropFor(inbox, 200), dropFor(inbox, 300)];
    await one.create();
    await one.blob.append(0);
    await two.create();
    await new BlobSender(inbox.port).send();
    const seen = async () => ((await (await inbox.own('GET', '/drops')).json()) as { drops: unknown[] }).drops;
    const facts = ({ blob, sender }: typeof one, isWhole: boolean) => {
      return { id: blob.id, sender: encodeBase64url(sender.publicKey), length: blob.bytes.length, isWhole };
    };
    const expected = [facts(one, true), facts(two, false)];
    expect(await seen()).toEqual(expect.arrayContaining(expected));
    expect(await seen()).toHaveLength(2);
    await one.blob.ask('own', 'DELETE');
    expect(await seen()).toEqual([facts(two, false)]);
    expect(await refusal(await inbox.own('GET', '/drops', inbox.post))).toEqual([403, 'proof_failed']);
  });

  it('[ASK-4] no drop is larger than one may be, and all together take no more than they may', async () => {
    const { inbox } = await requested();
    expect(await refusal(await dropFor(inbox, 401).create())).toEqual([413, 'too_large']);
    const [first, second] = [dropFor(inbox, 400), dropFor(inbox, 400)];
    expect((await first.create()).status).toBe(201);
    expect((await second.create()).status).toBe(201);
    expect(await refusal(await dropFor(inbox, 201).create())).toEqual(FULL);
    expect((await dropFor(inbox, 200).create()).status).toBe(201);
    expect(await refusal(await dropFor(inbox, 101).create())).toEqual(FULL);
    await first.blob.ask('own', 'DELETE');
    expect((await dropFor(inbox, 400).create()).status).toBe(201);
    // The owner allows more.
    await inbox.putHeader(inbox.next({ drops: { each: 500, all: 0 } }));
    expect((await dropFor(inbox, 500).create()).status).toBe(201);
  });

  it('[ASK-4] as many as come at once take no more than there is, and no more than may be announced', async () => {
    const { inbox } = await requested({ drops: { each: 0, all: 0 }, maxItems: 3 });
    const drops = Array.from({ length: 8 }, () => dropFor(inbox));
    const statuses = (await Promise.all(drops.map(({ create }) => create()))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(3);
    expect(statuses.filter((status) => status === 409)).toHaveLength(5);
    const taken = drops.filter((_, at) => statuses[at] === 201);
    for (const { blob, item } of taken) {
      await blob.append(0);
      expect((await inbox.add(item())).status).toBe(201);
      await blob.ask('own', 'DELETE');
    }
    // None is there any more, and yet none could be announced.
    expect(await refusal(await dropFor(inbox).create())).toEqual(FULL);
  });

  it('[ASK-4, BLOB-8] what expired or never came to its end counts no more', async () => {
    const { inbox, server } = await requested({}, { limits: { blobUnfinishedMs: 1000, sweepIntervalMs: 100 } });
    const idle = dropFor(inbox, 400);
    await idle.create();
    await idle.blob.append(0, 100);
    await dropFor(inbox, 400).create();
    expect(await refusal(await dropFor(inbox, 400).create())).toEqual(FULL);
    await expect.poll(async () => (await dropFor(inbox, 400).create()).status, { timeout: 20_000 }).toBe(201);
    expect(await refusal(await idle.blob.ask('own', 'HEAD').then(() => idle.blob.create()))).toEqual([410, 'expired']);
    await server.stop();
  });

  it('[ASK-6, BLOB-4] what one address may send holds here, too, also beside a voucher, and a refusal takes nothing of it', async () => {
    const limits = { blobBytesBurstPerPrefix: 1000, blobBytesPerHourPerPrefix: 1 };
    const { inbox } = await requested({ drops: { each: 0, all: 600 } }, { limits });
    expect((await dropFor(inbox, 500).create()).status).toBe(201);
    for (let times = 0; times < 3; times++) expect(await refusal(await dropFor(inbox, 450).create())).toEqual(FULL);
    await inbox.putHeader(inbox.next({ drops: { each: 0, all: 0 } }));
    expect((await dropFor(inbox, 450).create()).status).toBe(201);
    const blob = new BlobSender(inbox.port, { length: 450 });
    const created = await blob.create(`${inbox.permit(blob.blobId)},voucher AAAA`);
    expect(await refusal(created)).toEqual([429, 'quota_reached']);
  });

  it('[ASK-4] a request of before counts its number alone, and takes items as it did', async () => {
    const { server } = await startRelay();
    const inbox = new TestInbox(server.port, { maxItems: 2 });
    await inbox.create();
    expect((await inbox.add(inbox.item())).status).toBe(201);
    expect((await dropFor(inbox, 5000).create()).status).toBe(201);
    expect(await refusal(await dropFor(inbox).create())).toEqual(FULL);
  });

  it('[ASK-6] a host that keeps no files takes no request for them', async () => {
    const { server } = await startRelay({ limits: { blobsMaxBytes: 0 } });
    const refused = await new TestInbox(server.port, { drops: LIMITS }).create();
    expect(await refusal(refused)).toEqual([501, 'not_offered']);
    expect((await new TestInbox(server.port).create()).status).toBe(201);
  });

  it('[ASK-1] whoever takes the drop does not learn from the host for which request it was', async () => {
    const { inbox } = await requested();
    const { blob, create } = dropFor(inbox);
    await create();
    const header = await blob.ask('view', 'GET', '/header');
    expect(header.status).toBe(200);
    expect([...header.headers.values()].join(' ')).not.toContain(inbox.id);
  });
});

describe('two processes of one host', () => {
  it('[ASK-4, ASK-5] take together no more than one would, and each knows what the other has', async () => {
    const [database, { url: bus }] = [await testDatabase(), await sharedNats()];
    await database.query('drop schema if exists archipel cascade');
    const settings = { store: database.url, bus, files: makeFolder() };
    const [one, two] = [await startRelay(settings), await startRelay(settings)];
    const inbox = new TestInbox(one.server.port, { drops: { each: 0, all: 1000 } });
    await inbox.create();
    const drops = Array.from({ length: 8 }, () => dropFor(inbox));
    drops.forEach(({ blob }, at) => void blob.moveTo(at % 2 === 0 ? one.server.port : two.server.port));
    const statuses = (await Promise.all(drops.map(({ create }) => create()))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(3);
    expect(statuses.filter((status) => status === 409)).toHaveLength(5);
    const taken = drops.find((_, at) => statuses[at] === 201);
    const item = taken?.item();
    await taken?.blob.append(0);
    expect((await inbox.at(two.server.port).add(item as NonNullable<typeof item>)).status).toBe(201);
    expect((await inbox.at(one.server.port).page()).items).toHaveLength(1);
    await taken?.blob.ask('own', 'DELETE');
    expect((await dropFor(inbox.at(two.server.port)).create()).status).toBe(201);
  });
});
