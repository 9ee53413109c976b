/** What a host says of itself to other hosts, portals and the pages of others: signed bytes. */
import type { Bytes } from '@archipel/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Announcements } from '../network/announcements.ts';

const FOLDER = '/.well-known/archipel';
const MANIFEST_MAX_AGE_SECONDS = 3600;
const LOAD_MAX_AGE_SECONDS = 10;

export function serveAnnouncements(app: FastifyInstance, announcements: Announcements): void {
  app.get(`${FOLDER}/manifest`, async (_request, reply) =>
    send(reply, await announcements.manifest(), MANIFEST_MAX_AGE_SECONDS),
  );
  app.get(`${FOLDER}/load`, async (_request, reply) => send(reply, await announcements.load(), LOAD_MAX_AGE_SECONDS));
}

/** Any page may read it: it is for everybody, and nothing in it depends on who asks. */
function send(reply: FastifyReply, bytes: Bytes, maxAgeSeconds: number): FastifyReply {
  return reply
    .headers({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': `public, max-age=${maxAgeSeconds}`,
    })
    .type('application/octet-stream')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
