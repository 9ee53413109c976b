import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { plural, t } from '../../../i18n/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';

/** More than these at once are of no use to eyes, and a page with ten thousand rows is slow. */
const SHOWN_ROWS = 100;

export interface Row {
  name: string;
  /** In bytes. */
  size: number;
}

interface FileRowsProps {
  rows: readonly Row[];
  /** Index of the first row that is worth seeing. */
  from?: number;
  onRemove?: (index: number) => void;
  /** What is said of a row, beside its size. */
  about?: (index: number) => ComponentChildren;
}

/** The files of a drop: names, sizes, a hundred at first. */
export function FileRows({ rows, from = 0, onRemove, about }: FileRowsProps): VNode {
  const [more, setMore] = useState(0);
  const start = Math.max(0, Math.min(from, rows.length - SHOWN_ROWS));
  const end = Math.min(rows.length, start + SHOWN_ROWS + more);
  const left = rows.length - end;
  return (
    <>
      {start > 0 && <p class="soft small">{plural('drop.files.before', start)}</p>}
      <ul class="drop-files">
        {rows.slice(start, end).map(({ name, size }, offset) => (
          <li key={name} class="drop-file">
            <bdi class="drop-file-name">{name}</bdi>
            <span class="soft small drop-file-size">{about?.(start + offset) ?? sizeInWords(size)}</span>
            {onRemove && (
              <IconButton
                icon="close"
                label={t('drop.files.remove', { name })}
                onClick={() => onRemove(start + offset)}
              />
            )}
          </li>
        ))}
      </ul>
      {left > 0 && (
        <p>
          <Button kind="quiet" onClick={() => setMore(more + SHOWN_ROWS)}>
            {plural('drop.files.more', Math.min(left, SHOWN_ROWS))}
          </Button>
          <span class="soft small">{plural('drop.files.left', left)}</span>
        </p>
      )}
    </>
  );
}
