import { MAX_PUBLISHED_AUTHORS_BYTES, MAX_PUBLISHED_DESCRIPTION_BYTES } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import type { MessageKey } from '../../../i18n/index.ts';
import { language, t } from '../../../i18n/index.ts';
import { Select } from '../../../ui/Select.tsx';
import type { PageWords } from '../model/publication.ts';
import { pageLine } from './page-line.ts';

const TITLE_BYTES = 200;
/** Those of the page's text; the words around it are in French or English. */
const LANGUAGES = [
  'fr',
  'en',
  'ar',
  'br',
  'ca',
  'de',
  'es',
  'eu',
  'it',
  'nl',
  'oc',
  'pl',
  'pt',
  'ro',
  'ru',
  'tr',
  'uk',
  'zh',
];

interface WordsFieldsProps {
  words: PageWords;
  change: (words: PageWords) => void;
}

export function WordsFields({ words, change }: WordsFieldsProps): VNode {
  const names = new Intl.DisplayNames(language.value, { type: 'language' });
  const known = LANGUAGES.includes(words.language) ? LANGUAGES : [words.language, ...LANGUAGES];
  return (
    <>
      <Line name="title" most={TITLE_BYTES} words={words} change={change} hint={null} />
      <Line
        name="description"
        most={MAX_PUBLISHED_DESCRIPTION_BYTES}
        words={words}
        change={change}
        hint="pad.publish.descriptionHint"
      />
      <Line
        name="authors"
        most={MAX_PUBLISHED_AUTHORS_BYTES}
        words={words}
        change={change}
        hint="pad.publish.authorsHint"
      />
      <Select
        label={t('pad.publish.language')}
        value={words.language}
        options={known.map((value) => ({ value, text: names.of(value) ?? value }))}
        onChange={(value) => change({ ...words, language: value })}
      />
    </>
  );
}

interface LineProps extends WordsFieldsProps {
  name: 'title' | 'description' | 'authors';
  most: number;
  hint: MessageKey | null;
}

function Line({ name, most, words, change, hint }: LineProps): VNode {
  const [id, hintId] = [useId(), useId()];
  return (
    <div class="publish-line">
      <label for={id}>{t(`pad.publish.${name}`)}</label>
      <input
        id={id}
        class="field"
        value={words[name]}
        required={name === 'title'}
        aria-describedby={hint === null ? undefined : hintId}
        onInput={(event) => change({ ...words, [name]: pageLine(event.currentTarget.value, most) })}
      />
      {hint !== null && (
        <p id={hintId} class="soft small">
          {t(hint)}
        </p>
      )}
    </div>
  );
}
