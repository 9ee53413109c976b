import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { newPad, notice, openPad, padText, sharedLinks, typeAtEnd, untilPill, WAIT_MS } from './harness/pad.ts';
import { DESK, expectSound, PHONE } from './harness/screens.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld({ contact: 'help@isles.example' });
const MAIN = join(import.meta.dirname, '../packages/cli/src/main.ts');
const run = promisify(execFile);

/** As the people of the host type it. */
async function archipel(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ARCHIPEL_DATA: world.relay.data },
  });
  return stdout;
}

describe('something that should not be there', () => {
  test('[REM-7, REP-2] is reported without the link or with it, taken down, and whoever comes reads why', async () => {
    const owner = await world.person();
    await newPad(owner.page, world.origin);
    const { view } = await sharedLinks(owner.page);
    await typeAtEnd(owner.page, 'Give me your bank card.');
    await untilPill(owner.page, 'saved');
    const docId = view.split('.')[1] ?? '';

    const reader = await world.person({ viewport: PHONE, locale: 'fr-FR' });
    await openPad(reader.page, view, 'readonly');
    const report = async (withLink: boolean): Promise<void> => {
      await reader.page.locator('.app-actions .menu > .icon-button').click();
      await reader.page.getByRole('button', { name: 'Signaler à l’hébergeur' }).click();
      const dialog = reader.page.getByRole('dialog');
      await dialog.getByLabel('De quoi s’agit-il').selectOption('fraud');
      await dialog.getByLabel('Avec vos mots').fill('On me demande ma carte.');
      await dialog.getByRole('checkbox').setChecked(withLink);
      if (withLink) await expectSound(reader.page, 'report', { ...PHONE, language: 'fr', theme: 'light' });
      await dialog.getByRole('button', { name: 'Envoyer' }).click();
      await dialog.getByText('ont votre signalement').waitFor({ timeout: WAIT_MS });
      await dialog.getByRole('button', { name: 'Fermer' }).last().click();
    };
    await report(false);
    expect(await archipel('reports')).toMatch(/^ {4}1 {2}.* fraud {2}On me demande ma carte\./);
    const secret = view.split('.')[2] ?? '';
    expect(await archipel('reports', '1')).not.toContain(secret);
    expect(reader.watch.sent.some((line) => line.includes(secret))).toBe(false);
    await report(true);
    expect(await archipel('reports', '2')).toContain(view);

    const said = await archipel('remove', docId, '--reason', 'fraud', '--words', 'It asked for bank cards.');
    expect(said).toContain('Nothing of it is kept any more.');
    await notice(owner.page, 'removed').waitFor({ timeout: WAIT_MS });
    expect(await padText(owner.page)).toBe('Give me your bank card.');
    expect(await archipel('reports', '2', '--close', '--note', 'taken down')).toContain('closed');
    expect(await archipel('reports', '2')).not.toContain(secret);

    for (const look of [
      { ...PHONE, language: 'fr', theme: 'dark' },
      { ...DESK, language: 'en', theme: 'light' },
    ] as const) {
      const { width, height, language, theme } = look;
      const { page } = await world.person({ viewport: { width, height }, locale: language, colorScheme: theme });
      await page.goto(view);
      await page.locator('.error-page[data-code="removed"]').waitFor({ timeout: WAIT_MS });
      await page.getByText('It asked for bank cards.').waitFor({ timeout: WAIT_MS });
      await page.getByText(language === 'fr' ? 'Escroquerie' : 'Fraud').waitFor();
      const contact = page.locator('.removal-reason').getByRole('link', { name: 'help@isles.example', exact: true });
      expect(await contact.getAttribute('href')).toBe('mailto:help@isles.example');
      await expectSound(page, 'removed', look);
    }
  });
});
