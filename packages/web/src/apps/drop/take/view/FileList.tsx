import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { sizeInWords } from '../../../../i18n/amounts.ts';
import { language, plural, t } from '../../../../i18n/index.ts';
import { Button, IconButton } from '../../../../ui/Button.tsx';
import { Icon } from '../../../../ui/icons.tsx';
import { mayBeShown } from '../model/shown.ts';

export interface ListedFile {
  name: string;
  type: string;
  size: number;
}

interface FileListProps {
  files: readonly ListedFile[];
  isBusy: boolean;
  onSave: (index: number) => void;
  onLook: (index: number) => void;
}

/** Drawn at once; more when they are asked for. */
const SHOWN_FILES = 200;
/** From so many on one searches. */
const MANY_FILES = 20;

/** All files, each of which can be saved or looked at alone. */
export function FileList({ files, isBusy, onSave, onLook }: FileListProps): VNode {
  const [words, search] = useState('');
  const [most, showMore] = useState(SHOWN_FILES);
  const found = useMemo(() => matching(files, words), [files, words]);
  const left = found.length - most;
  // Drawn again for these alone, not at each step of what is being taken.
  const lines = useMemo(
    () =>
      found
        .slice(0, most)
        .map((index) => (
          <Line
            key={index}
            file={files[index] as ListedFile}
            isBusy={isBusy}
            onSave={() => onSave(index)}
            onLook={() => onLook(index)}
          />
        )),
    [found, most, isBusy, language.value],
  );
  return (
    <section class="take-list" aria-label={t('drop.take.list')}>
      {files.length > MANY_FILES && (
        <div class="take-search">
          <Icon name="search" />
          <input
            class="field"
            type="search"
            aria-label={t('drop.take.search')}
            placeholder={t('drop.take.search')}
            value={words}
            onInput={(event) => {
              search(event.currentTarget.value);
              showMore(SHOWN_FILES);
            }}
          />
          <span class="soft small" role="status">
            {plural('drop.take.files', found.length)}
          </span>
        </div>
      )}
      <ul class="take-files">{lines}</ul>
      {left > 0 && (
        <Button kind="quiet" onClick={() => showMore(most + SHOWN_FILES)}>
          {plural('drop.take.more', Math.min(left, SHOWN_FILES))}
        </Button>
      )}
    </section>
  );
}

/** Their numbers, in the order of the manifest. */
function matching(files: readonly ListedFile[], words: string): number[] {
  const wanted = words.trim().toLocaleLowerCase();
  const all = [...files.keys()];
  return wanted === '' ? all : all.filter((index) => files[index]?.name.toLocaleLowerCase().includes(wanted));
}

interface LineProps {
  file: ListedFile;
  isBusy: boolean;
  onSave: () => void;
  onLook: () => void;
}

function Line({ file, isBusy, onSave, onLook }: LineProps): VNode {
  const { name, size } = file;
  return (
    <li class="take-file">
      <bdi class="take-name">{name}</bdi>
      <span class="soft small">{sizeInWords(size)}</span>
      <span class="take-file-acts">
        {mayBeShown(file) && <IconButton icon="read" label={t('drop.take.look', { name })} onClick={onLook} />}
        <IconButton icon="save" label={t('drop.take.saveName', { name })} disabled={isBusy} onClick={onSave} />
      </span>
    </li>
  );
}
