import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { clearChat, MAX_LINES, readChat, say } from '../../model/chat.ts';
import type { PadDocument } from '../../model/document.ts';
import { writesText } from '../../model/document.ts';
import { identityOf } from '../../model/people.ts';
import { Said, SayForm } from './Said.tsx';
import { SidePanel } from './SidePanel.tsx';
import { useTalk } from './use-talk.ts';

interface ChatPanelProps {
  document: PadDocument;
  writable: boolean;
  now: () => number;
  onClose: () => void;
}

/** A conversation beside the text. It lasts, sealed like the text. */
export function ChatPanel({ document, writable, now, onClose }: ChatPanelProps): VNode {
  const { awareness } = document;
  const lines = useTalk(document, () => readChat(document));
  const end = useRef<HTMLLIElement>(null);
  const last = lines.at(-1)?.id;
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [last]);
  const speak = (text: string): boolean =>
    say(document, { ...identityOf(awareness.getLocalState(), awareness.clientID), at: now(), text });
  return (
    <SidePanel title={t('pad.chat.title')} onClose={onClose}>
      {lines.length === 0 && <p class="soft">{t('pad.chat.none')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard, too. */}
      <div class="chat" role="log" tabIndex={0} aria-label={t('pad.chat.title')}>
        <ul class="chat-lines">
          {lines.map((line, index) => (
            <li key={line.id} {...(index === lines.length - 1 && { ref: end })}>
              <Said message={line} now={now()} />
            </li>
          ))}
        </ul>
      </div>
      {writable && <SayForm label={t('pad.chat.yours')} button={t('pad.chat.send')} onSay={speak} first />}
      <p class="soft small">{t('pad.chat.kept', { count: MAX_LINES })}</p>
      {writable && writesText(document.cap) && lines.length > 0 && <Clear clear={() => clearChat(document)} />}
    </SidePanel>
  );
}

function Clear({ clear }: { clear: () => void }): VNode {
  const [asking, setAsking] = useState(false);
  if (!asking)
    return (
      <Button kind="quiet" icon="remove" onClick={() => setAsking(true)}>
        {t('pad.chat.clear')}
      </Button>
    );
  return (
    <div class="row">
      <Button kind="danger" onClick={clear}>
        {t('pad.chat.clearYes')}
      </Button>
      <Button kind="quiet" onClick={() => setAsking(false)}>
        {t('dialog.cancel')}
      </Button>
    </div>
  );
}
