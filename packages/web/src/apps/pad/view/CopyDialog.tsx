import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { MessageKey } from '../../../i18n/index.ts';
import { language, t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { copyText } from '../../../ui/clipboard.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import type { PadNode } from '../model/content.ts';
import { fileName } from '../model/file-name.ts';
import { toHtml, toHtmlFragment } from '../model/html.ts';
import { toMarkdown } from '../model/markdown.ts';
import { toText } from '../model/text.ts';

const FORMATS = ['markdown', 'html', 'text'] as const;
type Format = (typeof FORMATS)[number];

const NAMES: Record<Format, MessageKey> = {
  markdown: 'pad.file.markdown',
  html: 'pad.file.html',
  text: 'pad.file.text',
};
const ENDINGS: Record<Format, string> = { markdown: 'md', html: 'html', text: 'txt' };
const TYPES: Record<Format, string> = { markdown: 'text/markdown', html: 'text/html', text: 'text/plain' };

interface CopyDialogProps {
  open: boolean;
  onClose: () => void;
  editor: Editor;
  title: string;
}

/** Takes the text along: as a file or in the clipboard, in a format that other programs read. */
export function CopyDialog({ open, onClose, editor, title }: CopyDialogProps): VNode {
  const [format, setFormat] = useState<Format>('markdown');
  const [said, say] = useState<MessageKey | null>(null);
  const group = useId();
  const copy = async () => {
    const { text, html } = written(editor.getJSON(), format, title);
    const copied = html === undefined ? await copyText(text) : await copyRich(text, html);
    say(copied ? 'pad.copied' : 'pad.copyRefused');
  };
  const save = () => {
    const { text } = written(editor.getJSON(), format, title, true);
    download(new Blob([text], { type: `${TYPES[format]};charset=utf-8` }), `${fileName(title)}.${ENDINGS[format]}`);
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('pad.file.title')}
      actions={
        <>
          <Button icon="copy" onClick={copy}>
            {t('share.copy')}
          </Button>
          <Button kind="primary" icon="save" onClick={save}>
            {t('pad.file.save')}
          </Button>
        </>
      }
    >
      <fieldset class="pad-formats">
        <legend>{t('pad.file.format')}</legend>
        {FORMATS.map((value) => (
          <label key={value} class="pad-check">
            <input type="radio" name={group} checked={format === value} onChange={() => setFormat(value)} />
            <span>{t(NAMES[value])}</span>
          </label>
        ))}
      </fieldset>
      <p class="soft small">{t('pad.file.warning')}</p>
      <p role="status" class="small">
        {said && t(said)}
      </p>
    </Dialog>
  );
}

/** The pad in one format; HTML for the clipboard comes with its plain text. */
function written(doc: PadNode, format: Format, title: string, whole = false): { text: string; html?: string } {
  if (format === 'markdown') return { text: toMarkdown(doc) };
  if (format === 'text') return { text: toText(doc) };
  return whole ? { text: toHtml(doc, title, language.value) } : { text: toText(doc), html: toHtmlFragment(doc) };
}

async function copyRich(text: string, html: string): Promise<boolean> {
  try {
    const parts = {
      'text/plain': new Blob([text], { type: 'text/plain' }),
      'text/html': new Blob([html], { type: 'text/html' }),
    };
    await navigator.clipboard.write([new ClipboardItem(parts)]);
    return true;
  } catch {
    return false; // Refused, or a browser that writes only plain text: the person can save the file instead.
  }
}

function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the address by then; keeping it would keep the text in memory.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
