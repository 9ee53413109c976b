/** One datagram there, one back. */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Work } from './budget.ts';
import type { DatagramAnswer } from './failure.ts';
import type { ProbeLimits } from './limits.ts';

export interface DatagramOptions {
  address: string;
  port: number;
  payload: Uint8Array;
  limits: ProbeLimits;
}

/** Only what comes from that address and port counts. Returns what ends it. */
export function sendDatagram(
  work: Work<DatagramAnswer>,
  { address, port, payload, limits }: DatagramOptions,
): () => void {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  work.enter('datagram', limits.datagramMs);
  socket.on('error', () => work.fail('unreachable'));
  socket.on('message', (message) => {
    if (message.length > limits.datagramMaxBytes) work.fail('too_large');
    else work.settle({ kind: 'datagram', body: new Uint8Array(message) });
  });
  socket.connect(port, address, () => socket.send(payload));
  return () => socket.close();
}
