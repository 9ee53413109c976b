import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Icon, type IconName } from './icons.tsx';

export type SaveState = 'offline' | 'connecting' | 'sending' | 'saved' | 'readonly' | 'problem';

const ICONS: Record<SaveState, IconName> = {
  offline: 'offline',
  connecting: 'connecting',
  sending: 'sending',
  saved: 'check',
  readonly: 'read',
  problem: 'warning',
};

/** States that a person must hear of even while typing. "Sending" and "saved" alternate all day: hearing them would be noise. */
const SPOKEN: readonly SaveState[] = ['offline', 'readonly', 'problem'];

/** What is to be read aloud when the state goes from `before` to `now`: trouble, and the end of trouble. */
export function spokenState(before: SaveState | null, now: SaveState): SaveState | null {
  if (before === now) return null;
  return SPOKEN.includes(now) ? now : null;
}

interface StatePillProps {
  state: SaveState;
  /** Of a document that several hosts keep: `two` have everything (`twoOneAway`: but only one of them is reached now), or one of them. */
  copies?: 'two' | 'twoOneAway' | 'oneOfTwo' | undefined;
}

type StateWords = SaveState | `saved.${NonNullable<StatePillProps['copies']>}`;

/** Where the text stands, in an icon and a word; the title says it in a sentence. Trouble and its end are read aloud. */
export function StatePill({ state, copies }: StatePillProps): VNode {
  const [spoken, setSpoken] = useState('');
  const before = useRef<SaveState | null>(null);
  const troubled = useRef(false);
  const isCounted = state === 'saved' && copies !== undefined;
  const name: StateWords = isCounted ? `saved.${copies}` : state;
  const text = t(`state.${name}.text`);
  useEffect(() => {
    const trouble = spokenState(before.current, state);
    before.current = state;
    if (trouble !== null) setSpoken(`${t(`state.${trouble}`)}. ${t(`state.${trouble}.text`)}`);
    else if (state === 'saved' && troubled.current) setSpoken(t('state.saved.text'));
    if (state === 'offline' || state === 'problem') troubled.current = true;
    else if (state === 'saved') troubled.current = false;
  }, [state]);
  return (
    <span class={`state-pill state-${state}`} data-state={state} data-copies={copies} title={text}>
      <Icon name={ICONS[state]} />
      <span class={`state-word ${isCounted ? 'is-long' : ''}`}>{t(`state.${name}`)}</span>
      {isCounted && <span class="state-word is-short">{t(`state.saved.${copies}.short`)}</span>}
      <span class="visually-hidden" aria-live="polite">
        {spoken}
      </span>
    </span>
  );
}
