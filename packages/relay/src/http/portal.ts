/** What a portal tells of the hosts it watches: to browsers the signed directory, to pages all that they show. */
import type { Portal } from '@archipel/directory/portal';
import type { FastifyInstance } from 'fastify';

const PATHS = ['/.well-known/archipel/directory', '/hosts.json', '/hosts/:file'];

export function servePortal(app: FastifyInstance, portal: Portal): void {
  for (const path of PATHS) {
    app.get(path, async (request, reply) => {
      const [asked = ''] = request.url.split('?');
      const answer = await portal.answer(asked, String(request.headers['accept-encoding'] ?? ''));
      if (answer === undefined) return reply.callNotFound();
      const { buffer, byteOffset, byteLength } = answer.body;
      return reply.headers(answer.headers).send(Buffer.from(buffer, byteOffset, byteLength));
    });
  }
}
