import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { t } from '../../../i18n/index.ts';
import { Select } from '../../../ui/Select.tsx';
import { CODE_LANGUAGES } from '../model/code-spans.ts';

/** Short names that people type after the fence. */
const SHORT: Readonly<Record<string, string>> = {
  js: 'javascript',
  ts: 'typescript',
  py: 'python',
  sh: 'bash',
  html: 'xml',
  rb: 'ruby',
  rs: 'rust',
  md: 'markdown',
  yml: 'yaml',
};

/** While the caret is in code: which language it is in. */
export function CodeBar({ editor, language: written }: { editor: Editor; language: string }): VNode {
  const language = SHORT[written] ?? written;
  const known = CODE_LANGUAGES.map(([value, text]) => ({ value: value as string, text: text as string }));
  const isOther = language !== '' && !known.some(({ value }) => value === language);
  const options = [{ value: '', text: t('pad.code.plain') }, ...known];
  if (isOther) options.push({ value: language, text: language });
  return (
    <div class="pad-code-bar">
      <Select
        label={t('pad.code.language')}
        value={language}
        options={options}
        onChange={(value) => {
          editor
            .chain()
            .focus()
            .updateAttributes('codeBlock', { language: value === '' ? null : value })
            .run();
        }}
      />
    </div>
  );
}
