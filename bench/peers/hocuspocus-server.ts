// Hocuspocus as its documentation sets it up: the SQLite extension on a file, every other setting at its default.
import { join } from 'node:path';
import { SQLite } from '@hocuspocus/extension-sqlite';
import { Server } from '@hocuspocus/server';

const folder = process.argv[2] as string;
const server = new Server({
  port: 0,
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  extensions: [new SQLite({ database: join(folder, 'documents.sqlite') })],
});

await server.listen();
process.once('SIGTERM', () => void server.destroy().then(() => process.exit(0)));
process.stdout.write(`${JSON.stringify({ port: server.address.port })}\n`);
