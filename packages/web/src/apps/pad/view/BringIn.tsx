import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { plural, t } from '../../../i18n/index.ts';
import { hostFacts } from '../../../shell/host.ts';
import { MenuItem } from '../../../ui/Menu.tsx';
import { showToast } from '../../../ui/toasts.ts';
import type { Pictures } from '../model/pictures.ts';
import { chosenFile } from './etherpad/chosen.ts';

/** What the file chooser offers. */
const ACCEPTS =
  '.docx,.odt,.html,.htm,.md,.markdown,.txt,.etherpad,text/html,text/plain,text/markdown,application/vnd.oasis.opendocument.text,application/vnd.openxmlformats-officedocument.wordprocessingml.document';

interface BringInProps {
  editor: Editor;
  pictures: () => Promise<Pictures>;
  /** the dialog about the file that was chosen */
  openEtherpad: () => void;
}

/** A line of the menu that puts a file's text into the pad; what reads the files is fetched with the first one. */
export function BringIn({ editor, pictures, openEtherpad }: BringInProps): VNode {
  const chooser = useRef<HTMLInputElement>(null);
  const bring = async (file: File | undefined) => {
    if (file === undefined) return;
    if (/\.etherpad$/i.test(file.name)) {
      chosenFile.value = file;
      return openEtherpad();
    }
    const { bringIn } = await import('../formats/bring-in.ts');
    const brought = await bringIn(editor, file, hostFacts.value.files === null ? undefined : await pictures());
    if (!brought.ok) return showToast(t(`pad.bring.${brought.reason}`, { name: file.name }));
    showToast(t('pad.file.brought', { name: file.name }));
    if (brought.lostPictures > 0) showToast(plural('pad.bring.lost', brought.lostPictures));
  };
  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        accept={ACCEPTS}
        data-testid="pad-file"
        onChange={async ({ currentTarget }) => {
          await bring(currentTarget.files?.[0]);
          // The same one may be brought in again.
          currentTarget.value = '';
        }}
      />
      <MenuItem icon="bring" onClick={() => chooser.current?.click()}>
        {t('pad.file.bring')}
      </MenuItem>
    </>
  );
}
