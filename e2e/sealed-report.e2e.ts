import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeBase64url } from '@archipel/protocol';
import { nobleHpke } from '@archipel/protocol/secret';
import { afterAll, expect, test } from 'vitest';
import { newPad, openPad, sharedLinks, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const MAIN = join(import.meta.dirname, '../packages/cli/src/main.ts');
const run = promisify(execFile);
const state = mkdtempSync(join(tmpdir(), 'archipel-e2e-key-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

/** As `archipel reports --make-key` makes it, before the host starts. */
const seed = crypto.getRandomValues(new Uint8Array(32));
const { publicKey } = await (await nobleHpke()).openingKey(seed);
mkdirSync(join(state, 'archipel'));
writeFileSync(join(state, 'archipel', 'reports.key'), encodeBase64url(seed), { mode: 0o600 });
const world = useWorld({ reportsKey: encodeBase64url(publicKey), limits: { reportsBurstPerPrefix: 100 } });

async function archipel(...args: string[]): Promise<string> {
  const env = { ...process.env, ARCHIPEL_DATA: world.relay.data, XDG_STATE_HOME: state };
  return (await run(process.execPath, [MAIN, ...args], { env })).stdout;
}

function bytesOnDisk(): Buffer {
  const files = readdirSync(world.relay.data, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

const LOOKS = [
  { ...PHONE, language: 'fr', theme: 'light' },
  { ...DESK, language: 'en', theme: 'dark' },
] as const;

test('[REP-4] what somebody writes to the people of a host is sealed for them: not in what is sent, and not on the disk', async () => {
  const owner = await world.person();
  await newPad(owner.page, world.origin);
  const { view } = await sharedLinks(owner.page);
  await typeAtEnd(owner.page, 'Give me your bank card.');
  await untilPill(owner.page, 'saved');
  const secret = view.split('.')[2] ?? '';
  for (const [i, look] of LOOKS.entries()) {
    const { width, height, language, theme } = look;
    const isFrench = language === 'fr';
    const locale = isFrench ? 'fr-FR' : 'en-GB';
    const reader = await world.person({ viewport: { width, height }, locale, colorScheme: theme });
    await openPad(reader.page, view, 'readonly');
    await reader.page.locator('.app-actions .menu > .icon-button').click();
    const menu = isFrench ? 'Signaler à l’hébergeur' : 'Report this to the host';
    await reader.page.getByRole('button', { name: menu }).click();
    const dialog = reader.page.getByRole('dialog');
    await dialog.locator('select').selectOption('fraud');
    await dialog
      .getByText(isFrench ? 'Votre signalement est scellé' : 'Your report is sealed')
      .waitFor({ timeout: WAIT_MS });
    await dialog.locator('textarea').fill('The words of a witness.');
    await dialog.locator('input[name="contact"]').fill('witness@example.org');
    await dialog.getByRole('checkbox').setChecked(true);
    await expectSound(reader.page, 'sealed-report', look);
    await dialog.getByRole('button', { name: isFrench ? 'Envoyer' : 'Send' }).click();
    await dialog.getByText(isFrench ? 'ont votre signalement' : 'have your report').waitFor({ timeout: WAIT_MS });
    expect(reader.watch.sent.some((line) => line.includes('witness') || line.includes(secret))).toBe(false);
    const shown = await archipel('reports', String(i + 1));
    for (const words of ['The words of a witness.', 'witness@example.org', view]) expect(shown).toContain(words);
  }
  const disk = bytesOnDisk();
  for (const words of ['witness', secret]) expect(disk.includes(words)).toBe(false);
});
