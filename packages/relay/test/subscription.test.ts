import { expect, it } from 'vitest';
import type { LogContext } from '../src/primitives/log/context.ts';
import type { Document } from '../src/primitives/log/document.ts';
import type { Peer } from '../src/primitives/log/peer.ts';
import { Subscription } from '../src/primitives/log/subscription.ts';

it('a reader who is sent back at the very moment in which it has caught up is served on', async () => {
  const record = { position: 1, body: new Uint8Array(100) };
  const document = {
    channel: 1,
    ref: {},
    tailFrom: 1,
    readPosition: 1,
    erasedBefore: 0,
    coveredBefore: 0,
    header: { retention: 0 },
    outbox: { flushedPosition: 1 },
  } as unknown as Document;
  const context = {
    store: { read: async () => ({ records: [record], last: true }) },
    config: { limits: { pageBytes: 1000 } },
    bus: { isShared: false },
  } as unknown as LogContext;
  let frames = 0;
  const peer = {
    congested: false,
    send: () => {
      frames += 1;
      if (frames === 1) queueMicrotask(() => reader.goBack(0));
    },
  } as unknown as Peer;
  const reader = new Subscription(peer, document, 'edit', context);
  await reader.catchUp([], false, undefined);
  expect({ frames, isFlowing: reader.isFlowing }).toEqual({ frames: 2, isFlowing: true });
});
