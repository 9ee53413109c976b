/** `npm run map`: makes the picture beneath the map of hosts anew. With `--check` it only says whether the one that is there is the same. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { landPicture } from './map/land.ts';

/** Natural Earth (public domain) as TopoJSON; the package itself is under the ISC licence. Used here only, and installed nowhere. */
const SOURCE = 'world-atlas@2.0.2';
const FILE = 'land-110m.json';
const PICTURE = new URL('../packages/web/src/hosts/land.svg', import.meta.url);

const folder = mkdtempSync(join(tmpdir(), 'archipel-map-'));
try {
  const packed = execFileSync('npm', ['pack', '--silent', SOURCE], { cwd: folder, encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', packed, `package/${FILE}`], { cwd: folder });
  const picture = landPicture(JSON.parse(readFileSync(join(folder, 'package', FILE), 'utf8')));
  const isSame = readFileSync(PICTURE, 'utf8') === picture;
  if (process.argv.includes('--check')) {
    console.log(isSame ? 'map: the same as the one that is there' : 'map: not the one that is there');
    process.exitCode = isSame ? 0 : 1;
  } else {
    writeFileSync(PICTURE, picture);
    console.log(`map: ${isSame ? 'nothing has changed' : 'made anew'}, ${picture.length} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
