import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { MenuItem } from '../../../ui/Menu.tsx';
import { showToast } from '../../../ui/toasts.ts';
import { BRING_ACCEPTS, bringIn } from '../editor/bring-in.ts';

/** A line of the menu that puts a file's text into the pad. */
export function BringIn({ editor }: { editor: Editor }): VNode {
  const chooser = useRef<HTMLInputElement>(null);
  const bring = async (file: File | undefined) => {
    if (file === undefined) return;
    const done = await bringIn(editor, file);
    showToast(t(done ? 'pad.file.brought' : 'pad.file.tooLarge', { name: file.name }));
  };
  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        accept={BRING_ACCEPTS}
        data-testid="pad-file"
        onChange={(event) => bring(event.currentTarget.files?.[0])}
      />
      <MenuItem icon="bring" onClick={() => chooser.current?.click()}>
        {t('pad.file.bring')}
      </MenuItem>
    </>
  );
}
