import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { plural, t } from '../i18n/index.ts';
import { Button } from '../ui/Button.tsx';
import { download } from '../ui/download.ts';
import { showToast } from '../ui/toasts.ts';
import { LIST_FILE_MAX_BYTES, readList, writeList } from './file.ts';
import { mergeImported, type RememberedDocument, rememberAll } from './store.ts';

function save(documents: readonly RememberedDocument[], now: number): void {
  const day = new Date(now).toISOString().slice(0, 10);
  const list = new Blob([writeList(documents, now)], { type: 'application/json' });
  download(list, `archipel-documents-${day}.json`);
}

async function bringBack(file: File): Promise<void> {
  const read = file.size > LIST_FILE_MAX_BYTES ? null : readList(await file.text(), Date.now());
  if (!read?.ok) return showToast(t('documents.importBad'));
  const stored = await rememberAll(read.documents, mergeImported);
  if (!stored.ok) return showToast(t('documents.blocked'));
  const skipped = read.skipped > 0 ? ` ${plural('documents.importSkipped', read.skipped)}` : '';
  showToast(plural('documents.imported', read.documents.length) + skipped);
}

/** Saving the list as a file and bringing it back. */
export function KeepSafe(props: { documents: readonly RememberedDocument[]; onChange: () => void }): VNode {
  const { documents, onChange } = props;
  const chooser = useRef<HTMLInputElement>(null);
  const chosen = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (file === undefined) return;
    await bringBack(file);
    input.value = '';
    onChange();
  };
  return (
    <section class="keep-safe">
      <h2>{t('documents.keep')}</h2>
      <p>{t('documents.keepText')}</p>
      <p class="row">
        <Button icon="save" disabled={documents.length === 0} onClick={() => save(documents, Date.now())}>
          {t('documents.export')}
        </Button>
        <Button icon="bring" kind="quiet" onClick={() => chooser.current?.click()}>
          {t('documents.import')}
        </Button>
        <input
          ref={chooser}
          type="file"
          accept=".json,application/json"
          hidden
          onChange={(event) => void chosen(event.currentTarget)}
        />
      </p>
    </section>
  );
}
