import { otherSoftware, verdict } from './answer.ts';
import type { Probe, Software } from './software.ts';
import { reading } from './software.ts';

const PORT = 64_738;
const IDENT_BYTES = 8;
const PING_BYTES = 4 + IDENT_BYTES;
/** Version, ident, users, most users, bandwidth; big-endian. */
const PONG_BYTES = 24;
/** A server with more places than this does not exist. */
const USERS_MAX = 1_000_000;

/** Four zero bytes and an ident ask for how full a server is; it answers without a connection. */
export const mumble: Software = {
  id: 'mumble',
  name: 'Mumble',
  aliases: ['murmur', 'mumbleserver'],
  purposes: ['voice'],
  notices: ['not_sealed', 'program_needed'],
  newDocument: () => 'mumble:',
  *probe({ ident }): Probe {
    const payload = new Uint8Array(PING_BYTES);
    payload.set(ident.subarray(0, IDENT_BYTES), PING_BYTES - IDENT_BYTES);
    const answer = yield { kind: 'datagram', port: PORT, payload };
    if (answer.kind !== 'datagram') return verdict(answer) ?? otherSoftware();
    const { body } = answer;
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    if (body.length !== PONG_BYTES || !isSame(body.subarray(4, 12), payload.subarray(4))) return otherSoftware();
    const users = view.getUint32(12);
    const usersMax = view.getUint32(16);
    if (usersMax > USERS_MAX || users > USERS_MAX) return otherSoftware();
    const isFull = users >= usersMax;
    const version = body[0] === 0 && body[1] !== 0 ? `${body[1]}.${body[2]}.${body[3]}` : undefined;
    return reading(isFull ? 'paused' : 'up', {
      reason: isFull ? 'full' : undefined,
      version,
      load: { users, usersMax },
    });
  },
};

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
