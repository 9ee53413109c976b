import { mkdirSync } from 'node:fs';
import { folderBytes } from '../harness/disk.ts';
import { ServerProcess } from '../harness/server-process.ts';
import type { Peer } from '../peers/peer.ts';

/** Bytes that a peer's store takes before it holds anything: subtracted where bytes are counted per document or edit. */
export async function emptyStore(peer: Peer, folder: string): Promise<{ apparent: number; allocated: number }> {
  mkdirSync(folder);
  const server = await ServerProcess.start(peer.serverArguments, folder);
  await server.stop();
  return folderBytes(folder);
}
