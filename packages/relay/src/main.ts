/** Starts a host: reads its settings, says where it is, stops on a signal. */
import { readConfig } from './config.ts';
import type { RelayServer } from './server.ts';
import { startServer } from './server.ts';
import { StartError } from './start-error.ts';

async function start(): Promise<RelayServer | undefined> {
  try {
    return await startServer(readConfig());
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

const server = await start();
if (server === undefined) {
  process.exit(1);
} else {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await server.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.stdout.write(`Archipel is ready: ${server.url}\n`);
}
