import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { Dialog } from '../../../../ui/Dialog.tsx';
import { initialOf, personClass } from '../../../../ui/PeopleList.tsx';
import { showToast } from '../../../../ui/toasts.ts';
import { bringEtherpad, type EtherpadProgress } from '../../formats/etherpad/bring-etherpad.ts';
import { type EtherpadLook, EtherpadReader } from '../../formats/etherpad/reader.ts';
import { Refusal } from '../../formats/refusal.ts';
import type { PadDocument } from '../../model/document.ts';
import { personKey } from '../../model/people.ts';
import { nameInWords } from '../name-in-words.ts';
import { chosenFile } from './chosen.ts';

interface EtherpadDialogProps {
  open: boolean;
  onClose: () => void;
  editor: Editor;
  document: PadDocument;
}

/** What a file of Etherpad has, and what of it shall come in. */
export function EtherpadDialog({ open, onClose, ...props }: EtherpadDialogProps): VNode {
  const file = chosenFile.value;
  const [isBusy, setBusy] = useState(false);
  // Half a history would be half a text: what has begun is waited for.
  const close = () => !isBusy && onClose();
  return (
    <Dialog open={open} onClose={close} title={t('pad.etherpad.title')}>
      {open && file && <Looked key={file.name} file={file} onClose={onClose} setBusy={setBusy} {...props} />}
    </Dialog>
  );
}

type LookedProps = Omit<EtherpadDialogProps, 'open'> & { file: File; setBusy: (yes: boolean) => void };

function Looked({ file, onClose, setBusy, editor, document }: LookedProps): VNode {
  const [share, setShare] = useState(0);
  const [looked, setLooked] = useState<{ reader: EtherpadReader; look: EtherpadLook } | undefined>(undefined);
  const [progress, setProgress] = useState<EtherpadProgress | undefined>(undefined);
  const refuse = (error: unknown): void => {
    onClose();
    if (!(error instanceof Refusal)) throw error;
    showToast(t(`pad.bring.${error.reason}`, { name: file.name }));
  };
  useEffect(() => {
    const reader = new EtherpadReader(setShare);
    reader.look(file).then((look) => setLooked({ reader, look }), refuse);
    return () => reader.close();
  }, [file]);
  useEffect(() => {
    if (progress === undefined) return;
    const warn = (event: Event): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [progress === undefined]);
  if (looked === undefined) return <Waiting words={t('pad.etherpad.reading')} share={share} />;
  if (progress !== undefined) {
    const { done, total } = progress;
    const words = total === 0 ? t('pad.etherpad.making') : t('pad.etherpad.progress', { done, total });
    return <Waiting words={words} share={total === 0 ? share : done / total} />;
  }
  const bring = async (withHistory: boolean, withChat: boolean): Promise<void> => {
    setBusy(true);
    setShare(0);
    setProgress({ done: 0, total: 0 });
    try {
      await bringEtherpad(editor, document, { ...looked, withHistory, withChat }, setProgress);
      onClose();
      showToast(t('pad.file.brought', { name: file.name }));
    } catch (error) {
      refuse(error);
    } finally {
      setBusy(false);
    }
  };
  return <Wishes look={looked.look} bring={bring} onClose={onClose} />;
}

function Waiting({ words, share }: { words: string; share: number }): VNode {
  return (
    <div role="status">
      <p>{words}</p>
      <progress value={share} max={1} aria-label={words} />
    </div>
  );
}

interface WishesProps {
  look: EtherpadLook;
  bring: (withHistory: boolean, withChat: boolean) => Promise<void>;
  onClose: () => void;
}

function Wishes({ look, bring, onClose }: WishesProps): VNode {
  const { authors, chat, moments, noHistory } = look;
  const [withHistory, setHistory] = useState(false);
  const [withChat, setChat] = useState(chat.length > 0);
  return (
    <div class="stack">
      {authors.length > 0 && <p>{t('pad.etherpad.authors')}</p>}
      <ul class="people-lines">
        {authors.map((person) => (
          <li key={personKey(person)} class={personClass(person.colour)}>
            <span class="face" aria-hidden="true">
              {initialOf(person)}
            </span>
            <span class="people-name">{nameInWords(person)}</span>
          </li>
        ))}
      </ul>
      {moments > 1 && (
        <label class="check">
          <input type="checkbox" checked={withHistory} onChange={() => setHistory(!withHistory)} />
          <span>{plural('pad.etherpad.history', moments)}</span>
        </label>
      )}
      {withHistory && <p class="soft small">{t('pad.etherpad.historyHint')}</p>}
      {noHistory && <p class="note note-warn">{t('pad.etherpad.noHistory')}</p>}
      {chat.length > 0 && (
        <label class="check">
          <input type="checkbox" checked={withChat} onChange={() => setChat(!withChat)} />
          <span>{plural('pad.etherpad.chat', chat.length)}</span>
        </label>
      )}
      <div class="row">
        <Button kind="primary" icon="bring" onClick={() => void bring(withHistory, withChat)}>
          {t('pad.etherpad.bring')}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {t('dialog.cancel')}
        </Button>
      </div>
    </div>
  );
}
