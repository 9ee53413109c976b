import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';

/** The largest table made in one go. */
const ROWS_MAX = 50;
const COLUMNS_MAX = 20;

/** Asks for the size of a new table. */
export function TableDialog({ editor, open, onClose }: { editor: Editor; open: boolean; onClose: () => void }): VNode {
  const form = useRef<HTMLFormElement>(null);
  const ids = { rows: useId(), columns: useId() };
  const submit = (event: Event) => {
    event.preventDefault();
    const given = new FormData(form.current ?? undefined);
    const rows = size(given.get('rows'), ROWS_MAX);
    const cols = size(given.get('columns'), COLUMNS_MAX);
    const withHeaderRow = given.has('header');
    onClose();
    // The dialog gives the focus back to the text first.
    requestAnimationFrame(() => editor.chain().focus().insertTable({ rows, cols, withHeaderRow }).run());
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.table.insertTitle')}>
      <form ref={form} class="stack" onSubmit={submit}>
        <div class="pad-pair">
          <div>
            <label for={ids.rows}>{t('pad.table.rows')}</label>
            <input
              id={ids.rows}
              data-first
              class="field"
              name="rows"
              type="number"
              min={1}
              max={ROWS_MAX}
              required
              defaultValue="3"
            />
          </div>
          <div>
            <label for={ids.columns}>{t('pad.table.columns')}</label>
            <input
              id={ids.columns}
              class="field"
              name="columns"
              type="number"
              min={1}
              max={COLUMNS_MAX}
              required
              defaultValue="3"
            />
          </div>
        </div>
        <label class="check">
          <input type="checkbox" name="header" defaultChecked />
          <span>{t('pad.table.withHeader')}</span>
        </label>
        <footer class="dialog-actions">
          <Button kind="quiet" onClick={onClose}>
            {t('dialog.cancel')}
          </Button>
          <Button kind="primary" type="submit">
            {t('pad.table.insert')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function size(given: FormDataEntryValue | null, max: number): number {
  const number = Math.trunc(Number(given));
  return Number.isFinite(number) ? Math.min(Math.max(number, 1), max) : 1;
}
