import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ChosenFile, filesOfData, filesOfField, filesOfHandles } from '../../../files/chosen.ts';
import { canPickFolder, pickFilesToRead, pickFolderToRead } from '../../../files/pickers.ts';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { showToast } from '../../../ui/toasts.ts';

interface ChooserProps {
  /** Something is chosen already: it takes less room. */
  isSmall: boolean;
  onChosen: (files: ChosenFile[]) => void;
}

/** On a phone the field for files also offers the camera. */
const prefersPicker = (): boolean => canPickFolder() && matchMedia('(pointer: fine)').matches;

/** Choosing files: by dialogs, by dragging them anywhere on the page, by pasting. */
export function Chooser({ isSmall, onChosen }: ChooserProps): VNode {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const bring = async (found: Promise<ChosenFile[]>): Promise<void> => {
    try {
      onChosen(await found);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      showToast(t('drop.send.unreadable'));
    }
  };
  const isOver = useDragged((data) => void bring(filesOfData(data)));
  const pickFiles = async (): Promise<void> => {
    if (!prefersPicker()) return files.current?.click();
    await bring(pickFilesToRead().then((handles) => filesOfHandles(handles ?? [])));
  };
  const pickFolder = async (): Promise<void> => {
    if (!prefersPicker()) return folder.current?.click();
    await bring(pickFolderToRead().then((handle) => filesOfHandles(handle === undefined ? [] : [handle])));
  };
  const takeField = (field: HTMLInputElement): void => {
    onChosen(filesOfField(field));
    field.value = '';
  };
  return (
    <div class={`drop-zone ${isSmall ? 'is-small' : ''} ${isOver ? 'is-over' : ''}`}>
      {!isSmall && <p class="drop-zone-text">{t(isOver ? 'drop.send.letGo' : 'drop.send.drag')}</p>}
      <p class="row">
        <Button kind={isSmall ? 'plain' : 'primary'} icon="documents" onClick={() => void pickFiles()}>
          {t(isSmall ? 'drop.send.moreFiles' : 'drop.send.files')}
        </Button>
        <Button icon="bring" onClick={() => void pickFolder()}>
          {t('drop.send.folder')}
        </Button>
      </p>
      {!isSmall && <p class="soft small drop-zone-paste">{t('drop.send.paste')}</p>}
      <input
        ref={files}
        type="file"
        multiple
        hidden
        data-field="files"
        onChange={({ currentTarget }) => takeField(currentTarget)}
      />
      <input
        ref={(field) => {
          field?.setAttribute('webkitdirectory', '');
          folder.current = field;
        }}
        type="file"
        multiple
        hidden
        data-field="folder"
        onChange={({ currentTarget }) => takeField(currentTarget)}
      />
    </div>
  );
}

/** Files that are let go or pasted anywhere on the page. True while they are held above it. */
function useDragged(onData: (data: DataTransfer) => void): boolean {
  const [isOver, setOver] = useState(false);
  const tell = useRef(onData);
  tell.current = onData;
  useEffect(() => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const hasFiles = (data: DataTransfer | null): data is DataTransfer => data?.types.includes('Files') === true;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const letGo = (event: DragEvent): void => {
      setOver(false);
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      tell.current(event.dataTransfer);
    };
    const paste = (event: ClipboardEvent): void => {
      if (!hasFiles(event.clipboardData)) return;
      event.preventDefault();
      tell.current(event.clipboardData);
    };
    document.addEventListener('dragenter', over, { signal });
    document.addEventListener('dragover', over, { signal });
    document.addEventListener('dragleave', ({ relatedTarget }) => setOver(relatedTarget !== null), { signal });
    document.addEventListener('drop', letGo, { signal });
    document.addEventListener('paste', paste, { signal });
    return () => stopping.abort();
  }, []);
  return isOver;
}
