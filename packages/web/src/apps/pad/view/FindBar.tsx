import { useSignal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { plural, t } from '../../../i18n/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { focusText } from '../editor/focus.ts';
import type { Found, Wanted } from '../editor/search.ts';
import { look, replaceEvery, replaceOne, step, stopLooking, watchFound } from '../editor/search.ts';

export interface FindBarProps {
  editor: Editor;
  writable: boolean;
  /** What is looked for at first: the words that were selected. */
  words: string;
  close: () => void;
}

const NO_WISH: Wanted = { words: '', replacement: '', matchCase: false, wholeWord: false };

/** Finds and replaces in the text. Enter goes on, Shift+Enter back, Escape closes and gives the focus to the text. */
export function FindBar({ editor, writable, words, close }: FindBarProps): VNode {
  const wanted = useSignal<Wanted>({ ...NO_WISH, words });
  const told = useSignal('');
  const bar = useRef<HTMLElement>(null);
  const watch = useMemo(() => watchFound(editor), [editor]);
  useEffect(() => watch.stop, [watch]);
  useLayoutEffect(() => look(editor, wanted.value), [editor]);
  useLayoutEffect(() => {
    bar.current?.querySelector('input')?.select();
    return () => {
      if (!editor.isDestroyed) stopLooking(editor);
    };
  }, [editor]);
  const change = (part: Partial<Wanted>) => {
    wanted.value = { ...wanted.value, ...part };
    told.value = '';
    // At once, not when it is drawn: Enter right after the last letter acts on that letter too.
    look(editor, wanted.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
      focusText(editor);
    }
  };
  const everywhere = () => {
    told.value = plural('pad.find.replaced', replaceEvery(editor));
  };
  const { matchCase, wholeWord } = wanted.value;
  return (
    <search
      ref={bar}
      class="pad-find"
      aria-label={t(writable ? 'pad.find.title' : 'pad.find.titleRead')}
      onKeyDown={onKeyDown}
    >
      <Field
        label={t('pad.find.words')}
        value={wanted.value.words}
        onInput={(value) => change({ words: value })}
        onEnter={(isBack) => step(editor, isBack ? -1 : 1)}
      >
        <span class="pad-find-count" role="status">
          {told.value || howMany(watch.found.value, wanted.value.words)}
        </span>
        <IconButton icon="up" label={t('pad.find.back')} onClick={() => step(editor, -1)} />
        <IconButton icon="down" label={t('pad.find.on')} onClick={() => step(editor, 1)} />
        <IconButton icon="close" label={t('pad.find.close')} onClick={close} />
      </Field>
      {writable && (
        <Field
          label={t('pad.find.replacement')}
          value={wanted.value.replacement}
          onInput={(value) => change({ replacement: value })}
          onEnter={() => replaceOne(editor)}
        >
          <Button onClick={() => replaceOne(editor)}>{t('pad.find.replace')}</Button>
          <Button onClick={everywhere}>{t('pad.find.replaceAll')}</Button>
        </Field>
      )}
      <div class="pad-find-wishes">
        <Wish label={t('pad.find.case')} isOn={matchCase} set={(isOn) => change({ matchCase: isOn })} />
        <Wish label={t('pad.find.whole')} isOn={wholeWord} set={(isOn) => change({ wholeWord: isOn })} />
      </div>
    </search>
  );
}

function howMany({ at, count, isMore }: Found, words: string): string {
  if (words === '') return '';
  if (count === 0) return t('pad.find.none');
  const shown = isMore ? `${count}+` : `${count}`;
  return at === 0 ? plural('pad.find.count', count, { shown }) : t('pad.find.at', { at, shown });
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  onEnter: (isBack: boolean) => void;
  children: ComponentChildren;
}

function Field({ label, value, onInput, onEnter, children }: FieldProps): VNode {
  const id = useId();
  return (
    <div class="pad-find-line">
      <label class="visually-hidden" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="field"
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder={label}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.isComposing) return;
          event.preventDefault();
          onEnter(event.shiftKey);
        }}
      />
      {children}
    </div>
  );
}

function Wish({ label, isOn, set }: { label: string; isOn: boolean; set: (isOn: boolean) => void }): VNode {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => set(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
