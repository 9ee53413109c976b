import type { Bytes, ClientMessage, ErrorName, RelayMessage } from '@archipel/protocol';
import { concat, encodeFrame, encodeRelayMessage, frameOf } from '@archipel/protocol';
import { type Input, type Json, type Scenario, splice, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

const of = (...bytes: number[]) => Uint8Array.from(bytes);

function good(
  side: 'Client' | 'Relay',
  name: string,
  description: string,
  channel: number,
  messages: (ClientMessage | RelayMessage)[],
): Scenario {
  const input: Input = { frame: toJson(encodeFrame(channel, messages)) };
  const expect: { value: Json } = { value: toJson({ channel, messages }) };
  return { name: `frame/${name}`, rules: ['ENC-2'], description, operation: `decode${side}Frame`, input, expect };
}

function bad(
  side: 'Client' | 'Relay',
  name: string,
  rules: string[],
  description: string,
  frame: Bytes,
  error: ErrorName = 'bad_message',
): Scenario {
  const input: Input = { frame: toJson(frame) };
  return { name: `frame/${name}`, rules, description, operation: `decode${side}Frame`, input, expect: { error } };
}

function clientFrames({ keys, sessions }: World): Scenario[] {
  const vector = [
    { session: sessions[0], have: 3 },
    { session: sessions[1], have: 300 },
  ];
  const proof = new Uint8Array(64).fill(5);
  const open: ClientMessage = {
    type: 'open',
    request: 1,
    docId: keys.docId,
    role: 'edit',
    proof,
    checkpointSeq: 2,
    vector,
  };
  const openFrame = encodeFrame(0, [open]);
  const role = 3 + 1 + 20;
  const firstEntry = openFrame.length - 16 - 2 - 17;
  const swapped = concat(
    openFrame.subarray(0, firstEntry),
    openFrame.subarray(firstEntry + 17),
    openFrame.subarray(firstEntry, firstEntry + 17),
  );
  return [
    good('Client', 'open', 'An editor opens a document of which it has a part.', 0, [open]),
    good('Client', 'create-and-ping', 'Two messages on the connection.', 0, [
      { type: 'create', request: 2, header: of(1, 2, 3) },
      { type: 'ping', payload: new Uint8Array(8).fill(9) },
    ]),
    good('Client', 'append-live-close', 'Three messages in one document.', 300, [
      { type: 'append', record: of(1) },
      { type: 'live', live: of(2) },
      { type: 'close' },
    ]),
    good('Client', 'history', 'A page of the history, from position 1,000.', 1, [
      { type: 'history', request: 3, from: 1000, limit: 1000 },
    ]),
    bad('Client', 'empty', ['CON-6'], 'No bytes at all.', of()),
    bad('Client', 'channel-alone', ['CON-6'], 'No message.', of(1)),
    bad('Client', 'channel-spelt-long', ['ENC-1'], 'Channel 1 in two bytes.', of(0x81, 0, 0x03, 0)),
    bad('Client', 'length-spelt-long', ['ENC-1'], 'A length of 0 in two bytes.', of(1, 0x03, 0x80, 0)),
    bad(
      'Client',
      'length-beyond-end',
      ['ENC-2', 'CON-6'],
      'A message claims more bytes than there are.',
      of(1, 0x04, 2, 0),
    ),
    bad(
      'Client',
      'left-over-in-message',
      ['ENC-2'],
      'A Ping of nine bytes.',
      of(0, 0x0a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ),
    bad('Client', 'truncated', ['ENC-2'], 'The last byte is missing.', openFrame.subarray(0, -1)),
    bad('Client', 'unknown-type', ['ENC-4', 'CON-6'], 'A type that is kept free for later.', of(1, 0x20, 0)),
    bad('Client', 'type-of-the-relay', ['ENC-4'], 'A client sends what only a relay may.', of(1, 0x91, 0)),
    bad('Client', 'append-on-connection', ['CON-6'], 'An Append on channel 0.', of(0, 0x04, 1, 0)),
    bad(
      'Client',
      'ping-in-document',
      ['CON-6'],
      'A Ping on the channel of a document.',
      of(1, 0x0a, 8, 0, 0, 0, 0, 0, 0, 0, 0),
    ),
    bad(
      'Client',
      'order-over-bound',
      ['CON-6'],
      'An Order of 129 bytes.',
      concat(of(1, 0x09, 0x81, 1), new Uint8Array(129)),
    ),
    bad('Client', 'close-with-body', ['CON-6'], 'A Close with a body.', of(1, 0x03, 1, 0)),
    bad(
      'Client',
      'history-limit-1001',
      ['CON-6'],
      'More than 1,000 records asked for.',
      of(1, 0x07, 4, 1, 1, 0xe9, 0x07),
    ),
    bad('Client', 'role-0', ['ENC-4'], 'Role 0 is none.', splice(openFrame, role, 1, 0)),
    bad('Client', 'role-4', ['ENC-4'], 'Role 4 is none.', splice(openFrame, role, 1, 4)),
    bad('Client', 'vector-not-ascending', ['ENC-2'], 'The sessions stand in the wrong order.', swapped),
    bad(
      'Client',
      'vector-entry-without-records',
      ['ENC-2'],
      'A session of which nothing is held.',
      splice(openFrame, firstEntry + 16, 1, 0),
    ),
  ];
}

function relayFrames({ keys, sessions }: World): Scenario[] {
  const welcome: RelayMessage = {
    type: 'welcome',
    version: 1,
    nonce: new Uint8Array(32).fill(6),
    time: 1_750_000_000,
    software: 'archipel 0.1',
    maxRecordBytes: 1_048_576,
    maxCheckpointBytes: 4_194_304,
    maxDocumentBytes: 104_857_600,
    maxExpirySeconds: 0,
    defaultExpirySeconds: 31_536_000,
  };
  const welcomeFrame = encodeFrame(0, [welcome]);
  const software = 3 + 1 + 32 + 5 + 1;
  const vector = [{ session: sessions[0], have: 3 }];
  return [
    good('Relay', 'welcome', 'The first message of a relay.', 0, [welcome]),
    good('Relay', 'opened', 'A document was opened as channel 5.', 0, [
      {
        type: 'opened',
        request: 1,
        channel: 5,
        role: 'view',
        checkpointSeq: 0,
        position: 3,
        connections: 2,
        vector,
        header: keys.docId,
      },
    ]),
    good('Relay', 'records-and-caught-up', 'Two records, then no more to catch up with.', 5, [
      { type: 'records', position: 9, records: [of(1, 2), of(3)] },
      { type: 'caughtUp', position: 9 },
      { type: 'peers', connections: 3 },
    ]),
    good('Relay', 'ack', 'Seven records of a session are on the disk.', 5, [
      { type: 'ack', level: 1, session: sessions[2], have: 7 },
    ]),
    good('Relay', 'refused-append', 'The refusal of a record names its place.', 5, [
      { type: 'refused', refused: 'append', error: 'session_gap', retryAfterMs: 0, session: sessions[0], n: 4 },
    ]),
    good('Relay', 'refused-open', 'The refusal of an Open names its request.', 0, [
      { type: 'refused', refused: 'open', error: 'rate_limited', retryAfterMs: 2000, request: 8 },
    ]),
    good('Relay', 'goodbye', 'The relay stops.', 0, [{ type: 'goodbye', error: 'shutting_down', retryAfterMs: 1000 }]),
    bad(
      'Relay',
      'welcome-version-2',
      ['CON-1', 'ENC-4'],
      'A newer relay, whose Welcome looks different.',
      of(0, 0x81, 3, 2, 7, 7),
      'unsupported_version',
    ),
    bad(
      'Relay',
      'welcome-not-utf8',
      ['ENC-2'],
      'The name of the software is not UTF-8.',
      splice(welcomeFrame, software, 1, 0xff),
    ),
    bad('Relay', 'ack-level-3', ['ENC-4'], 'There are two levels.', concat(of(5, 0x85, 18, 3), sessions[0], of(1))),
    bad('Relay', 'ended-reason-4', ['ENC-4'], 'There are three reasons.', of(5, 0x8e, 1, 4)),
    bad('Relay', 'goodbye-code-0', ['ENC-4'], 'No error has the code 0.', of(0, 0x90, 2, 0, 0)),
    bad(
      'Relay',
      'refused-unknown-type',
      ['ENC-4'],
      'What was refused is no message of a client.',
      of(0, 0x84, 3, 0x0b, 1, 0),
    ),
    bad(
      'Relay',
      'refused-append-without-place',
      ['ENC-2'],
      'The place of the record is missing.',
      of(5, 0x84, 3, 0x04, 9, 0),
    ),
    bad(
      'Relay',
      'records-cut',
      ['ENC-2'],
      'A record claims more bytes than there are.',
      frameOf(5, [of(0x86, 3, 1, 5, 0)]),
    ),
    bad(
      'Relay',
      'created-in-document',
      ['CON-6'],
      'Created on the channel of a document.',
      frameOf(5, [encodeRelayMessage({ type: 'created', request: 1 })]),
    ),
    {
      name: 'frame/varint-most',
      rules: ['ENC-1'],
      description: '2^53-1, the largest, in eight bytes.',
      operation: 'decodeVarint',
      input: { bytes: 'ffffffffffffff0f' },
      expect: { value: Number.MAX_SAFE_INTEGER },
    },
    {
      name: 'frame/varint-nine-bytes',
      rules: ['ENC-1'],
      description: '1 in nine bytes.',
      operation: 'decodeVarint',
      input: { bytes: '818080808080808000' },
      expect: { error: 'bad_message' },
    },
  ];
}

export async function frameScenarios(world: World): Promise<Scenario[]> {
  return [...clientFrames(world), ...relayFrames(world)];
}
