/**
 * Our probe of a real Etherpad 1.8.14, the last one in the registry, on demand: it takes minutes to install.
 * `node packages/directory/test/probe/real-etherpad.ts [FOLDER]`; the folder is kept, and used again.
 */
import { deepEqual, ok } from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Prober, probeService } from '../../src/probe/index.ts';
import { softwareById } from '../../src/third-party/index.ts';

const PACKAGE = 'ep_etherpad-lite';
const VERSION = '1.8.14';
const START_TRIES = 60;

/** As in a clone of its repository: the package is `src`, and plugins are found beside it. */
function install(folder: string): void {
  if (existsSync(join(folder, 'src'))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=optional', `${PACKAGE}@${VERSION}`];
  execFileSync('npm', npm, { cwd: folder, stdio: 'inherit' });
  renameSync(join(folder, 'node_modules', PACKAGE), join(folder, 'src'));
  symlinkSync('../src', join(folder, 'node_modules', PACKAGE));
  symlinkSync('src', join(folder, PACKAGE));
  // It asks npm for its plugins with options that npm no longer knows.
  const plugins = { dependencies: { [PACKAGE]: { version: VERSION, path: join(folder, 'src') } } };
  for (const bin of [join(folder, 'node_modules/.bin/npm'), join(folder, 'src/node_modules/.bin/npm')]) {
    rmSync(bin, { force: true });
    mkdirSync(join(bin, '..'), { recursive: true });
    writeFileSync(bin, `#!/bin/sh\necho '${JSON.stringify(plugins)}'\n`);
    chmodSync(bin, 0o755);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => {
    server.close(done);
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const folder = resolve(process.argv[2] ?? join(tmpdir(), 'archipel-real-etherpad'));
install(folder);
const port = await freePort();
const settings = { ip: '127.0.0.1', port, dbType: 'dirty', dbSettings: { filename: 'var/dirty.db' } };
mkdirSync(join(folder, 'var'), { recursive: true });
writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
const etherpad = spawn(process.execPath, ['src/node/server.js'], { cwd: folder, stdio: 'ignore' });
const software = softwareById('etherpad');
ok(software);
const prober = new Prober({ version: 'test', aboutUrl: 'https://archipel.example/probe', allowLoopback: true });
const asked = {
  software,
  baseUrl: `http://127.0.0.1:${port}/`,
  ident: new Uint8Array(randomBytes(8)),
  nowMs: Date.now(),
};
try {
  let reading = await probeService(prober, asked);
  for (let tries = 0; reading.reason === 'unreachable' && tries < START_TRIES; tries += 1) {
    await sleep(1000);
    reading = await probeService(prober, asked);
  }
  console.log(reading);
  deepEqual([reading.health, reading.access, reading.load.users, reading.load.documents], ['up', 'open', 0, 0]);
  ok((reading.load.memoryBytes ?? 0) > 0);
} finally {
  etherpad.kill();
}
