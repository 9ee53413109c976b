import type { VNode } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Page } from '../Page.tsx';
import { unlock } from './locks.ts';
import './password.css';

interface PasswordPageProps {
  fragment: string;
  /** With the link that the password opens. */
  opened: (fragment: string) => void;
}

type Said = 'checking' | 'wrong' | null;

/** Asks for the password of a link. A wrong one is told at once, by this browser alone. */
export function PasswordPage({ fragment, opened }: PasswordPageProps): VNode {
  const [said, say] = useState<Said>(null);
  const [isShown, show] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const names = { field: useId(), about: useId(), said: useId() };
  useEffect(() => field.current?.focus(), []);
  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (said === 'checking') return;
    say('checking');
    const link = await unlock(fragment, field.current?.value ?? '');
    if (link !== undefined) return opened(link);
    say('wrong');
    field.current?.select();
  };
  return (
    <Page title={`${t('password.title')} – Archipel`}>
      <form class="password-page" onSubmit={(event) => void open(event)}>
        <h1>{t('password.title')}</h1>
        <p id={names.about} class="lead">
          {t('password.about')}
        </p>
        <label for={names.field}>{t('password.label')}</label>
        <div class="password-row">
          <input
            ref={field}
            id={names.field}
            class="field"
            {...(isShown ? { type: 'text' as const } : { type: 'password' as const })}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            required
            aria-invalid={said === 'wrong'}
            aria-describedby={`${names.said} ${names.about}`}
            onInput={() => said === 'wrong' && say(null)}
          />
          <Button kind="primary" icon="key" type="submit" aria-disabled={said === 'checking'}>
            {t('password.open')}
          </Button>
        </div>
        <label class="check">
          <input type="checkbox" checked={isShown} onChange={({ currentTarget }) => show(currentTarget.checked)} />
          <span>{t('password.show')}</span>
        </label>
        <p id={names.said} class={`password-said ${said === 'wrong' ? 'note note-bad' : 'soft'}`} role="status">
          {said === 'wrong' && <Icon name="warning" />}
          {said && <span>{t(`password.${said}`)}</span>}
        </p>
        <p class="soft small">{t('password.stays')}</p>
      </form>
    </Page>
  );
}
