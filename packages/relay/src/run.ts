/** Runs a host: reads its settings, says where it is, stops on a signal. */
import { flushCompileCache } from 'node:module';
import { readConfig } from './config.ts';
import type { RelayServer } from './server.ts';
import { startServer } from './server.ts';
import { StartError } from './start-error.ts';

/** Resolves when the host serves; ends the process with code 1 and a sentence when it cannot. */
export async function run(): Promise<void> {
  const server = await start();
  if (server === undefined) process.exit(1);
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await server.stop();
    process.exit(0);
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  process.stdout.write(`Archipel is ready: ${server.url}\n`);
  if (server.fingerprint !== undefined) process.stdout.write(`Other hosts know this one by ${server.fingerprint}\n`);
  // Now rather than at the end, which a power cut would take away.
  flushCompileCache();
}

async function start(): Promise<RelayServer | undefined> {
  try {
    return await startServer(readConfig());
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}
