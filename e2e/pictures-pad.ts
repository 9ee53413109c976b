/** The pictures of what a pad can do, for docs/using.md and docs/utiliser.md: taken by e2e/pictures.ts. */
import en from '@archipel/web/locales/en.json' with { type: 'json' };
import fr from '@archipel/web/locales/fr.json' with { type: 'json' };
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { person } from './harness/browser.ts';
import { comment } from './harness/commenting.ts';
import { caretIn, newPad, nextFrames, openPad, sharedLinks, textOf, typeAtEnd, untilPill } from './harness/pad.ts';

const MESSAGES = { en, fr } as const;
const DIALOG = 'dialog[open]';
/** Around a part. */
const MARGIN = 14;
const SIZE = { width: 1040, height: 680 };

/** What people write in the pictures. */
const STORY = {
  en: {
    locale: 'en-GB',
    title: 'The old pear tree',
    begin: 'The pear tree by the gate stays.',
    second: 'It was planted in 1950',
    note: 'Lucien has the bill of the nursery',
    after: ', and bears fruit each autumn 🍐.',
    tip: 'Prune it before the sap rises.',
    warning: 'The ladder is older than the tree.',
    proposed: ' every second autumn',
    word: 'gate',
    question: 'Which of the two?',
    lead: 'What the gardeners of rue du Port decided on Saturday.',
    authors: 'The gardeners of rue du Port',
    titles: ['Garden day, 5 December', 'Soup for twelve', 'Minutes of the garden council', 'The old pear tree'],
    tags: ['garden', 'kitchen', 'council'],
    search: 'garden',
  },
  fr: {
    locale: 'fr-FR',
    title: 'Le vieux poirier',
    begin: 'Le poirier du portail reste.',
    second: 'Il a été planté en 1950',
    note: 'Lucien a la facture du pépiniériste',
    after: ', et donne chaque automne 🍐.',
    tip: 'Le tailler avant la montée de la sève.',
    warning: 'L’échelle est plus vieille que l’arbre.',
    proposed: ' un automne sur deux',
    word: 'portail',
    question: 'Lequel des deux\u202f?',
    lead: 'Ce que les jardiniers de la rue du Port ont décidé samedi.',
    authors: 'Les jardiniers de la rue du Port',
    titles: [
      'Journée jardin du 5 décembre',
      'Soupe pour douze',
      'Compte rendu du conseil du jardin',
      'Le vieux poirier',
    ],
    tags: ['jardin', 'cuisine', 'conseil'],
    search: 'jardin',
  },
} as const;
type Language = keyof typeof STORY;

/** Who takes pictures of one language. */
class Camera {
  readonly #browser: Browser;
  readonly #origin: string;
  readonly #folder: string;
  readonly language: Language;
  readonly #people: { context: { close(): Promise<void> } }[] = [];

  constructor(browser: Browser, origin: string, folder: string, language: Language) {
    this.#browser = browser;
    this.#origin = origin;
    this.#folder = folder;
    this.language = language;
  }

  get story() {
    return STORY[this.language];
  }

  async somebody(name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const locale = STORY[this.language].locale;
    const someone = await person(this.#browser, this.#origin, { locale, viewport: SIZE, ...options });
    this.#people.push(someone);
    await someone.page.goto(this.#origin);
    await someone.page.evaluate((own) => localStorage.setItem('archipel.name', own), name);
    return someone.page;
  }

  /** A pad of Awa's with a title and words. */
  async pad(page: Page, words: string): Promise<void> {
    await newPad(page, this.#origin);
    await page.locator('.pad-title').first().click();
    await page.keyboard.type(this.story.title);
    await typeAtEnd(page, words);
    await untilPill(page, 'saved');
  }

  async menu(page: Page, key: keyof typeof en): Promise<void> {
    await page.locator('.menu > .icon-button').last().click();
    await page.getByRole('button', { name: MESSAGES[this.language][key], exact: true }).click();
  }

  /** The whole window, or a part of it by its selector. */
  async take(page: Page, name: string, part?: string): Promise<void> {
    await page.mouse.move(0, 0);
    await page.evaluate(nextFrames);
    const options = { path: this.#path(name), animations: 'disabled', caret: 'hide' } as const;
    if (part === undefined) await page.screenshot(options);
    else {
      const { x, y, width, height } = (await page.locator(part).boundingBox()) ?? { x: 0, y: 0, ...SIZE };
      const clip = { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
      await page.screenshot({ ...options, clip });
    }
  }

  /** A published page runs nothing, so it cannot be asked when it is drawn. */
  async takePublished(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: this.#path(name) });
  }

  #path(name: string): string {
    return `${this.#folder}/${name}-${this.language}.png`;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#people.map(({ context }) => context.close()));
  }
}

async function notes(camera: Camera, awa: Page): Promise<void> {
  const { begin, second, note, after, tip, warning } = camera.story;
  await camera.pad(awa, `${begin}\n${second}^[${note}]${after}\n[!tip] ${tip}`);
  await awa.keyboard.press('Enter');
  await awa.keyboard.press('Enter');
  await awa.keyboard.type(`[!warning] ${warning}`);
  await untilPill(awa, 'saved');
  await textOf(awa).evaluate((text) => (text as HTMLElement).blur());
  await camera.take(awa, 'notes');
}

async function authorsAndProposals(camera: Camera, awa: Page, lucien: Page): Promise<void> {
  const { begin, second, after, proposed } = camera.story;
  await camera.pad(awa, `${begin}\n${second}${after}`);
  const { edit } = await sharedLinks(awa);
  await openPad(lucien, edit);
  await typeAtEnd(lucien, `\n${camera.story.tip}`);
  await awa.getByText(camera.story.tip).waitFor();
  await awa.locator('.people .face-button').click();
  await awa.locator('.pad-authors-switch input').check();
  await textOf(awa).locator('.pad-authored').first().waitFor();
  await camera.take(awa, 'authors');
  await awa.locator('.pad-authors-switch input').uncheck();
  await awa.keyboard.press('Escape');

  await camera.menu(lucien, 'pad.proposals.begin');
  await lucien.locator('.pad-proposing').waitFor();
  await caretIn(lucien, begin);
  for (let letter = 0; letter < ' reste.'.length - 1; letter += 1) await lucien.keyboard.press('ArrowLeft');
  await lucien.keyboard.press('End');
  await lucien.keyboard.press('ArrowLeft');
  await lucien.keyboard.type(proposed);
  await caretIn(lucien, camera.story.tip);
  for (let step = 0; step < 3; step += 1) await lucien.keyboard.press('Control+Shift+ArrowLeft', { delay: 60 });
  await lucien.keyboard.press('Delete');
  await untilPill(lucien, 'saved');
  await camera.menu(awa, 'pad.proposals.title');
  await awa.locator('.pad-side-body button').first().waitFor();
  await textOf(awa).locator('del.proposal').first().waitFor();
  await camera.take(awa, 'proposals');
}

/** As somebody with the link to comment sees the pad. */
async function commenting(camera: Camera, awa: Page, lucien: Page): Promise<void> {
  const { begin, second, after, word, question } = camera.story;
  await camera.pad(awa, `${begin}\n${second}${after}`);
  await awa.locator('.pad-share').click();
  await awa.locator('dialog[open] input[type=radio]').nth(1).check();
  const field = awa.locator('dialog[open] .link-field');
  await field.waitFor();
  await awa.waitForFunction(() => document.querySelector<HTMLInputElement>('.link-field')?.value.includes('#1c.'));
  await openPad(lucien, await field.inputValue());
  await comment(lucien, word, question);
  await lucien.locator('.said').first().waitFor();
  await lucien.waitForSelector('[data-state=saved]');
  await camera.take(lucien, 'comment');
}

/** The dialogs of an owner: locks, card, publishing; and the page. */
async function owning(camera: Camera): Promise<void> {
  // A dialog is shown as a whole.
  const awa = await camera.somebody('Awa', { viewport: { ...SIZE, height: 1300 } });
  const { begin, second, note, after, tip, lead, authors } = camera.story;
  await camera.pad(awa, `${begin}\n${second}^[${note}]${after}\n[!tip] ${tip}`);
  await camera.menu(awa, 'pad.about.title');
  await awa.locator('.pad-owner .button-plain').last().click();
  await camera.take(awa, 'locks', '.pad-owner');
  await awa.keyboard.press('Escape');
  await camera.menu(awa, 'card.title');
  await awa.locator('dialog[open] input[type=checkbox]').nth(1).check();
  await camera.take(awa, 'card', DIALOG);
  await awa.keyboard.press('Escape');
  await camera.menu(awa, 'pad.publish.menu');
  const lines = awa.locator('.publish-line input');
  await lines.nth(1).fill(lead);
  await lines.nth(2).fill(authors);
  await awa.locator('.publish-licences input').nth(3).check();
  await awa.locator('h2').last().click();
  await camera.take(awa, 'publish', DIALOG);
  await awa.locator('.publish button[type=submit]').click();
  await awa.locator('.publish-at').waitFor();
  const address = await awa.locator('.publish-at .link-field').inputValue();
  const reader = await camera.somebody('Zoé', { viewport: { width: 800, height: 780 } });
  await reader.goto(address);
  await camera.takePublished(reader, 'page');
}

/** "My documents" with tags and a search. */
async function documents(camera: Camera, awa: Page, origin: string): Promise<void> {
  const { titles, tags, search } = camera.story;
  for (const title of titles.slice(0, 3)) {
    await newPad(awa, origin);
    await awa.locator('.pad-title').first().click();
    await awa.keyboard.type(title);
    await typeAtEnd(awa, title);
    await untilPill(awa, 'saved');
  }
  await awa.goto(`${origin}/documents`);
  for (const [index, tag] of [tags[2], tags[1], tags[0]].entries()) {
    const line = awa.locator('.document').nth(index);
    await line.locator('.document-actions button').first().click();
    await awa.locator('dialog[open] input.field').fill(tag);
    await awa.locator('dialog[open] .button-primary').last().click();
    await awa.locator('dialog[open]').waitFor({ state: 'detached' });
    await line.locator('.tag').first().waitFor();
  }
  await awa.locator('.documents-page input[type=search], .search input').first().fill(search);
  await awa.locator('.tag').first().waitFor();
  await awa.evaluate(() => window.scrollTo(0, 0));
  await camera.take(awa, 'documents');
}

/** All of one language, into `folder`. */
export async function picturesOfPads(
  browser: Browser,
  origin: string,
  folder: string,
  language: Language,
): Promise<void> {
  const camera = new Camera(browser, origin, folder, language);
  const [awa, lucien] = [await camera.somebody('Awa'), await camera.somebody('Lucien')];
  await notes(camera, awa);
  await authorsAndProposals(camera, awa, lucien);
  await commenting(camera, await camera.somebody('Awa'), await camera.somebody('Lucien'));
  await owning(camera);
  await documents(camera, await camera.somebody('Awa'), origin);
  await camera.leave();
}
