/** Asks a running service by its catalogue entry, on demand: `node packages/directory/test/probe/ask.ts etherpad http://127.0.0.1:9001/`. */
import { randomBytes } from 'node:crypto';
import { Prober, probeService } from '../../src/probe/index.ts';
import { CATALOGUE, softwareById } from '../../src/third-party/index.ts';

const [id = '', baseUrl = ''] = process.argv.slice(2);
const software = softwareById(id);
if (software === undefined || baseUrl === '') {
  console.error(`ask.ts SOFTWARE ADDRESS, with one of ${CATALOGUE.map((known) => known.id).join(', ')}`);
  process.exitCode = 2;
} else {
  const prober = new Prober({ version: 'test', aboutUrl: 'https://archipel.example/probe', allowLoopback: true });
  const asked = { software, baseUrl, ident: new Uint8Array(randomBytes(8)), nowMs: Date.now() };
  console.log(JSON.stringify(await probeService(prober, asked), undefined, 2));
}
