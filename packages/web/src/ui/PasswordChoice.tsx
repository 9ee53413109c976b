import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { isPassword, lock } from '../shell/password/locks.ts';
import { suggestPassword } from '../shell/password/suggest.ts';
import { IconButton } from './Button.tsx';
import { copyText } from './clipboard.ts';

/** How long a password rests before a link is made with it. */
const REST_MS = 400;
/** Shorter ones are guessed in hours by whoever has the link. */
const GOOD_LENGTH = 12;

/**
 * The link as it is handed on: as it is (`password` null), or of use only with the password; null as long as there is none.
 * One link and one password make one link, as long as the page is open.
 */
export function useLocked(link: string, password: string | null): string | null {
  const made = useRef(new Map<string, string>());
  const [, draw] = useState(0);
  const name = `${link}\n${password}`;
  useEffect(() => {
    if (password === null || !isPassword(password) || made.current.has(name)) return;
    const timer = setTimeout(async () => {
      const locked = await lock(link, password);
      made.current.set(name, locked);
      draw((count) => count + 1);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [name]);
  return password === null ? link : (made.current.get(name) ?? null);
}

interface PasswordChoiceProps {
  /** Null: the link needs none. */
  password: string | null;
  change: (password: string | null) => void;
}

/** Whether a link asks for a password, and for which. */
export function PasswordChoice({ password, change }: PasswordChoiceProps): VNode {
  const names = { field: useId(), hint: useId() };
  const [isCopied, setCopied] = useState(false);
  const set = (next: string | null): void => {
    setCopied(false);
    change(next);
  };
  const isShort = password !== null && password.trim().length < GOOD_LENGTH;
  return (
    <div class="stack password-choice">
      <label class="check">
        <input
          type="checkbox"
          checked={password !== null}
          onChange={({ currentTarget }) => set(currentTarget.checked ? suggestPassword() : null)}
        />
        <span>{t('share.password')}</span>
      </label>
      {password !== null && (
        <>
          <div class="link-row">
            <input
              id={names.field}
              class="field link-field"
              value={password}
              aria-label={t('share.passwordLabel')}
              aria-describedby={names.hint}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              onInput={({ currentTarget }) => set(currentTarget.value)}
            />
            <IconButton
              icon={isCopied ? 'check' : 'copy'}
              label={t('share.passwordCopy')}
              disabled={!isPassword(password)}
              onClick={async () => setCopied(await copyText(password))}
            />
          </div>
          <p id={names.hint} class="soft small" role="status">
            {t(isShort ? 'share.passwordShort' : 'share.passwordHint')}
          </p>
        </>
      )}
    </div>
  );
}
