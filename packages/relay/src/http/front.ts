/** The static pages: built and compressed beforehand. Assets carry their hash in the name, everything else is asked for again. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

const FOREVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';
const PAGES = {
  '/': 'index.html',
  '/pad': 'pad.html',
  '/drop': 'drop.html',
  '/documents': 'documents.html',
  '/hosts': 'hosts.html',
  '/report-page': 'report.html',
};
const NOT_BUILT = 'The pages are not built yet: run "npm run build", then start again.\n';

/** Without the built pages it says what to do. */
export async function serveFront(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) return serveNothing(app);
  await app.register(fastifyStatic, {
    root: folder,
    preCompressed: true,
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', path.includes('/assets/') ? FOREVER : ASK_AGAIN);
    },
  });
  for (const [path, file] of Object.entries(PAGES)) {
    app.get(path, (_request, reply) => reply.sendFile(file));
  }
  app.setNotFoundHandler((_request, reply) => notFound(reply));
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).sendFile('404.html');
}

function serveNothing(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Not found\n'));
  for (const path of Object.keys(PAGES)) {
    app.get(path, (_request, reply) => reply.code(503).type('text/plain').send(NOT_BUILT));
  }
}
