/** Writing on one host, looking on another. */
import type { Bytes } from '@archipel/protocol';
import { toHex } from '@archipel/protocol';
import type { Author, TestSession } from './author.ts';
import type { TestClient } from './client.ts';
import type { Neighbour } from './neighbours.ts';

const PATIENCE_MS = 15_000;
const LOOK_MS = 30;

export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const untilMs = Date.now() + PATIENCE_MS; Date.now() < untilMs; ) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`not in time: ${what}`);
}

export interface Writer {
  client: TestClient;
  channel: number;
  session: TestSession;
}

export async function writerOn(host: Neighbour, author: Author, creates = false): Promise<Writer> {
  const client = await host.client();
  if (creates) await client.create(author);
  const { channel } = await client.open(author, 'edit');
  return { client, channel, session: author.session() };
}

/** Written, and acknowledged at this level. */
export async function write({ client, channel, session }: Writer, count: number, level: 1 | 2): Promise<Bytes[]> {
  const records = Array.from({ length: count }, () => session.record());
  client.append(channel, ...records);
  for (let have = 0; have < session.n; ) {
    const ack = await client.next('ack', channel);
    if (ack.level === level && toHex(ack.session) === toHex(session.id)) have = ack.have;
  }
  return records;
}

/** None when the host does not have the document. */
export async function recordsOn(host: Neighbour, author: Author): Promise<Bytes[]> {
  const reader = await host.client();
  reader.askOpen(author, 'view');
  const answer = await reader.nextOf(['opened', 'refused']);
  if (answer.type === 'opened') await reader.next('caughtUp', answer.channel);
  reader.close();
  return answer.type === 'opened' ? reader.takeRecords(answer.channel) : [];
}

const inOrder = (records: readonly Bytes[]): string[] => records.map(toHex).sort();

/** Both serve the same records, these among them. */
export async function areLevel(hosts: readonly Neighbour[], author: Author, records: readonly Bytes[]): Promise<void> {
  const wanted = inOrder(records).join();
  for (const host of hosts) {
    await until(async () => inOrder(await recordsOn(host, author)).join() === wanted, `${host.url} has all`);
  }
}
