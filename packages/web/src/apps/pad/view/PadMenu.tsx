import type { Signal } from '@preact/signals';
import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { t } from '../../../i18n/index.ts';
import { MenuItem } from '../../../ui/Menu.tsx';
import type { PadDocument } from '../model/document.ts';
import { writesText } from '../model/document.ts';
import { BringIn } from './BringIn.tsx';
import type { DialogName } from './PadDialogs.tsx';
import type { Side } from './Sides.tsx';
import { proposing } from './together/proposing.ts';

interface PadMenuProps {
  document: PadDocument;
  editor: Editor;
  writable: boolean;
  open: (name: DialogName) => () => void;
  side: Signal<Side>;
  find: () => void;
  isCalm: boolean;
  setCalm: (wanted: boolean) => void;
}

/** What can be done with a pad beside writing in it. */
export function PadMenu({ document, editor, writable, open, side, find, isCalm, setCalm }: PadMenuProps): VNode {
  const beside = (wanted: Side) => () => {
    side.value = wanted;
  };
  return (
    <>
      <MenuItem icon="info" onClick={open('about')}>
        {t('pad.about.title')}
      </MenuItem>
      <MenuItem icon="outline" onClick={open('outline')}>
        {t('pad.outline.title')}
      </MenuItem>
      {(writesText(document.cap) || document.past.isOpenToReaders.value) && (
        <MenuItem icon="past" onClick={open('past')}>
          {t('pad.past.title')}
        </MenuItem>
      )}
      <MenuItem icon="comment" onClick={beside({ is: 'comments', wanted: 0 })}>
        {t('pad.comments.title')}
      </MenuItem>
      {writable && (
        <MenuItem
          icon="write"
          onClick={() => {
            proposing.value = !proposing.value;
          }}
        >
          {t(proposing.value ? 'pad.proposals.end' : 'pad.proposals.begin')}
        </MenuItem>
      )}
      <MenuItem icon="check" onClick={beside({ is: 'proposals' })}>
        {t('pad.proposals.title')}
      </MenuItem>
      <MenuItem icon="chat" onClick={beside({ is: 'chat' })}>
        {t('pad.chat.title')}
      </MenuItem>
      <MenuItem icon="search" onClick={find}>
        {t(writable ? 'pad.find.title' : 'pad.find.titleRead')}
      </MenuItem>
      <MenuItem icon="save" onClick={open('copy')}>
        {t('pad.file.title')}
      </MenuItem>
      {document.cap === 'own' && (
        <MenuItem icon="share" onClick={open('publish')}>
          {t('pad.publish.menu')}
        </MenuItem>
      )}
      <MenuItem icon="documents" onClick={open('card')}>
        {t('card.title')}
      </MenuItem>
      {writable && <BringIn editor={editor} pictures={document.pictures} openEtherpad={open('etherpad')} />}
      {writable && (
        <MenuItem icon="more" onClick={open('template')}>
          {t('pad.template.title')}
        </MenuItem>
      )}
      <MenuItem icon="read" onClick={() => setCalm(!isCalm)}>
        {t(isCalm ? 'pad.calm.leave' : 'pad.calm.enter')}
      </MenuItem>
      <MenuItem icon="keyboard" onClick={open('help')}>
        {t('pad.help.title')}
      </MenuItem>
      {document.cap !== 'own' && (
        <MenuItem icon="flag" onClick={open('report')}>
          {t('report.title')}
        </MenuItem>
      )}
    </>
  );
}
