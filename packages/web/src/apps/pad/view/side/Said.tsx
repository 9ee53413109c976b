import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { dateInWords, momentInWords } from '../../../../i18n/dates.ts';
import { t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { personClass } from '../../../../ui/PeopleList.tsx';
import type { Message } from '../../model/messages.ts';
import { MESSAGE_MAX_LENGTH } from '../../model/messages.ts';
import { nameInWords } from '../name-in-words.ts';

/** One message: who, when, what. */
export function Said({ message, now }: { message: Message; now: number }): VNode {
  const { colour, at, text } = message;
  return (
    <div class={`said ${personClass(colour)}`}>
      <p class="said-who">
        <strong>{nameInWords(message)}</strong>{' '}
        {at > 0 && (
          <time class="soft small" dateTime={new Date(at).toISOString()} title={dateInWords(at)}>
            {momentInWords(Math.min(at, now), now)}
          </time>
        )}
      </p>
      <p class="said-text" dir="auto">
        {text}
      </p>
    </div>
  );
}

interface SayFormProps {
  label: string;
  button: string;
  /** Answers whether it was taken. */
  onSay: (text: string) => boolean;
  onCancel?: () => void;
  /** Has the focus at once. */
  first?: boolean;
}

/** A field to say something: Enter sends, Shift and Enter begin a new line. */
export function SayForm({ label, button, onSay, onCancel, first = false }: SayFormProps): VNode {
  const [text, setText] = useState('');
  const field = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (first) area.current?.focus();
  }, []);
  const send = (): void => {
    if (text.trim() === '' || !onSay(text)) return;
    setText('');
    area.current?.focus();
  };
  return (
    <form
      class="say"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label for={field} class="small">
        {label}
      </label>
      <textarea
        id={field}
        ref={area}
        class="field"
        dir="auto"
        rows={2}
        maxLength={MESSAGE_MAX_LENGTH}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="row">
        <Button type="submit" kind="primary" disabled={text.trim() === ''}>
          {button}
        </Button>
        {onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            {t('dialog.cancel')}
          </Button>
        )}
      </div>
    </form>
  );
}
