import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deviceWrittenBytes, folderBytes } from './disk.ts';

test('what is written and synced is counted: by the file, and by the disk where it is one that counts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'archipel-disk-'));
  const before = deviceWrittenBytes(folder);
  const file = openSync(join(folder, 'file'), 'w');
  writeSync(file, Buffer.alloc(1_000_000, 7));
  fsyncSync(file);
  closeSync(file);
  const written = deviceWrittenBytes(folder) - before;
  expect(folderBytes(folder).apparent).toBe(1_000_000);
  if (!Number.isNaN(before)) expect(written).toBeGreaterThanOrEqual(1_000_000);
  rmSync(folder, { recursive: true });
});
