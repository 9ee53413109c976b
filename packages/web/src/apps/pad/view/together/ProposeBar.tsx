import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { announce, dismissToast, showToast, toasts } from '../../../../ui/toasts.ts';
import { focusText } from '../../editor/focus.ts';
import { startProposing } from '../../editor/propose-mode.ts';
import type { PadDocument } from '../../model/document.ts';
import { identityOf } from '../../model/people.ts';
import { proposing } from './proposing.ts';

/** Says that one proposes, for as long as it is so. */
export function ProposeBar({ document, editor }: { document: PadDocument; editor: Editor }): VNode {
  const { awareness } = document;
  useEffect(() => {
    announce(t('pad.proposals.on'));
    return startProposing(editor, () => identityOf(awareness.getLocalState(), awareness.clientID), sayOnlyWords);
  }, [editor, awareness]);
  return (
    <div class="pad-proposing">
      <p>{t('pad.proposals.on')}</p>
      <Button
        kind="plain"
        onClick={() => {
          proposing.value = false;
          announce(t('pad.proposals.off'));
          focusText(editor);
        }}
      >
        {t('pad.proposals.end')}
      </Button>
    </div>
  );
}

/** Once is enough, however often a key is pressed. */
function sayOnlyWords(): void {
  const text = t('pad.proposals.onlyWords');
  for (const toast of toasts.value) if (toast.text === text) dismissToast(toast.id);
  showToast(text);
}
