/** Connects to another host (protocol §18). */
import { MAX_FRAME_BYTES } from '@archipel/protocol';
import type { RawData } from 'ws';
import { WebSocket } from 'ws';
import type { DialPeer } from '../replication/hosts.ts';
import { NOT_A_FRAME, plain } from './bytes.ts';

export const PEER_PATH = '/peer';
export const PEER_SUBPROTOCOL = 'arc1-peer';
const HANDSHAKE_MS = 5000;
/** On both sides of a line. */
export const PEER_PING_MS = 10_000;

/** Nothing for certain of a line that says nothing: two pings without an answer end it. */
export const dialPeer: DialPeer = (origin, ends) => {
  const url = `${origin.replace(/^http/, 'ws')}${PEER_PATH}`;
  const options = { perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES, handshakeTimeout: HANDSHAKE_MS };
  const ws = new WebSocket(url, PEER_SUBPROTOCOL, { ...options, followRedirects: false });
  let isAlive = true;
  const pings = setInterval(() => {
    if (ws.readyState !== WebSocket.OPEN) return;
    if (!isAlive) return ws.terminate();
    isAlive = false;
    ws.ping();
  }, PEER_PING_MS).unref();
  ws.on('open', () => ends.opened());
  ws.on('message', (data: RawData, isBinary: boolean) => {
    isAlive = true;
    ends.receive(isBinary ? plain(data as Buffer) : NOT_A_FRAME);
  });
  ws.on('pong', () => {
    isAlive = true;
  });
  ws.on('error', () => undefined);
  ws.on('close', () => {
    clearInterval(pings);
    ends.closed();
  });
  return {
    send(frame) {
      if (ws.readyState !== WebSocket.OPEN) return;
      ws.send(frame, () => {
        if (ws.bufferedAmount === 0) ends.drained();
      });
    },
    close: () => (ws.readyState === WebSocket.CONNECTING ? ws.terminate() : ws.close()),
    bufferedBytes: () => ws.bufferedAmount,
  };
};
