import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { t } from '../../../../i18n/index.ts';
import { Button, IconButton } from '../../../../ui/Button.tsx';
import { showToast } from '../../../../ui/toasts.ts';
import type { PadDocument } from '../../model/document.ts';
import type { Past } from '../../model/past.ts';
import type { PastDrawing } from '../../model/past-text.ts';
import { plainPast } from '../../model/past-text.ts';
import { nameVersion, removeVersion } from '../../model/versions.ts';
import { CopyDialog } from '../CopyDialog.tsx';
import { PastOwner } from './PastOwner.tsx';
import type { Player } from './use-player.ts';
import { momentWords } from './words.ts';

interface PastSideProps {
  document: PadDocument;
  editor: Editor;
  writable: boolean;
  past: Past;
  player: Player;
  /** Reads the past again. */
  again: () => void;
  onClose: () => void;
}

/** What can be done with a moment: give it a name, compare it, take it along, bring it back; and what its owner decides. */
export function PastSide(props: PastSideProps): VNode {
  const { document, writable, past, player, again } = props;
  return (
    <aside class="past-side" aria-label={t('pad.past.side')}>
      <Versions {...props} />
      <section class="stack">
        <h3>{t('pad.past.thisMoment')}</h3>
        <Button icon="compare" onClick={player.keep}>
          {t('pad.past.keep')}
        </Button>
        <SaveMoment {...props} />
        {writable && <BringBack {...props} />}
      </section>
      {document.cap === 'own' && <PastOwner document={document} versions={past.versions.length} again={again} />}
    </aside>
  );
}

function Versions({ document, writable, past, player, again }: PastSideProps): VNode {
  const [name, setName] = useState('');
  const field = useId();
  const add = async (): Promise<void> => {
    const isNow = player.step === past.moments.length;
    const record = isNow ? undefined : await past.recordOf(player.step);
    if (!nameVersion(document.ydoc, name, record)) return showToast(t('pad.past.tooMany'));
    setName('');
    again();
  };
  return (
    <section class="stack">
      <h3>{t('pad.past.versions')}</h3>
      {past.versions.length === 0 && <p class="soft small">{t('pad.past.noVersion')}</p>}
      <ul class="past-versions">
        {past.versions.map(({ id, name: called, step }) => (
          <li key={id}>
            <button type="button" aria-current={step === player.step} onClick={() => player.goToStep(step)}>
              <strong>{called}</strong>
              <span class="soft small">{momentWords(past, step)}</span>
            </button>
            {writable && (
              <IconButton
                icon="remove"
                label={t('pad.past.forgetVersion', { name: called })}
                onClick={() => {
                  removeVersion(document.ydoc, id);
                  again();
                }}
              />
            )}
          </li>
        ))}
      </ul>
      {writable && (
        <form
          class="past-name"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') void add();
          }}
        >
          <label for={field} class="small">
            {t('pad.past.nameMoment')}
          </label>
          <input
            id={field}
            class="field"
            maxLength={80}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" kind="plain" disabled={name.trim() === ''}>
            {t('pad.past.nameGive')}
          </Button>
        </form>
      )}
    </section>
  );
}

function SaveMoment({ document, past, player }: PastSideProps): VNode {
  const [saved, setSaved] = useState<PastDrawing | undefined>(undefined);
  const when = momentWords(past, player.step);
  return (
    <>
      <Button icon="save" onClick={async () => setSaved(await past.at(player.step))}>
        {t('pad.past.save')}
      </Button>
      <CopyDialog
        open={saved !== undefined}
        onClose={() => setSaved(undefined)}
        editor={{ getJSON: () => (saved ? plainPast(saved) : { type: 'doc' }) as ReturnType<Editor['getJSON']> }}
        title={[saved?.title, when].filter(Boolean).join(' ')}
        pictures={document.pictures}
      />
    </>
  );
}

function BringBack({ editor, past, player, onClose }: PastSideProps): VNode {
  const [asking, setAsking] = useState(false);
  const bring = async (): Promise<void> => {
    const then = plainPast(await past.at(player.step));
    editor.commands.setContent(then as Parameters<typeof editor.commands.setContent>[0]);
    onClose();
    showToast(t('pad.past.brought'));
  };
  if (!asking)
    return (
      <Button icon="back" disabled={player.step === past.moments.length} onClick={() => setAsking(true)}>
        {t('pad.past.bring')}
      </Button>
    );
  return (
    <fieldset class="past-ask">
      <legend>{t('pad.past.bring')}</legend>
      <p>{t('pad.past.bringAsk')}</p>
      <div class="row">
        <Button kind="primary" onClick={() => void bring()}>
          {t('pad.past.bringYes')}
        </Button>
        <Button kind="quiet" onClick={() => setAsking(false)}>
          {t('dialog.cancel')}
        </Button>
      </div>
    </fieldset>
  );
}
