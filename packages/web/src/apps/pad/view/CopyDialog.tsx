import type { Editor } from '@tiptap/core';
import { Transform } from '@tiptap/pm/transform';
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { MessageKey } from '../../../i18n/index.ts';
import { language, t } from '../../../i18n/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { copyText } from '../../../ui/clipboard.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { download } from '../../../ui/download.ts';
import { heal } from '../editor/heal-proposals.ts';
import { acceptedText } from '../model/accepted.ts';
import { nameCallouts } from '../model/callouts.ts';
import type { PadNode } from '../model/content.ts';
import { fileName } from '../model/file-name.ts';
import { toHtml, toHtmlFragment } from '../model/html.ts';
import { toMarkdown } from '../model/markdown.ts';
import type { Pictures } from '../model/pictures.ts';
import { toText } from '../model/text.ts';
import { calloutNames } from './callout-names.ts';
import { withPictures } from './picture-copies.ts';

const FORMATS = ['docx', 'odt', 'html', 'markdown', 'text'] as const;
type Format = (typeof FORMATS)[number];

/** Those that fit a clipboard. */
const isCopied = (format: Format): format is 'html' | 'markdown' | 'text' => format !== 'docx' && format !== 'odt';

const NAMES: Record<Format, MessageKey> = {
  docx: 'pad.file.docx',
  odt: 'pad.file.odt',
  markdown: 'pad.file.markdown',
  html: 'pad.file.html',
  text: 'pad.file.text',
};
const ENDINGS: Record<Format, string> = { docx: 'docx', odt: 'odt', markdown: 'md', html: 'html', text: 'txt' };
const TYPES = {
  markdown: 'text/markdown;charset=utf-8',
  html: 'text/html;charset=utf-8',
  text: 'text/plain;charset=utf-8',
} as const;

interface CopyDialogProps {
  open: boolean;
  onClose: () => void;
  editor: Pick<Editor, 'getJSON'>;
  title: string;
  pictures: () => Promise<Pictures>;
}

/** Takes the text along: as a file or in the clipboard, in a format that other programs read. */
export function CopyDialog({ open, onClose, editor, title, pictures }: CopyDialogProps): VNode {
  const [format, setFormat] = useState<Format>('docx');
  const [said, say] = useState<MessageKey | null>(null);
  const group = useId();
  const [busy, setBusy] = useState(false);
  const copy = async () => {
    if (!isCopied(format)) return;
    const { text, html } = written(leavingText(editor), format, title);
    const copied = html === undefined ? await copyText(text) : await copyRich(text, html);
    say(copied ? 'pad.copied' : 'pad.copyRefused');
  };
  const save = async () => {
    setBusy(true);
    try {
      download(await fileOf(editor, format, title, pictures), `${fileName(title)}.${ENDINGS[format]}`);
      say(null);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t('pad.file.title')}
      actions={
        <>
          <Button icon="copy" disabled={!isCopied(format)} onClick={copy}>
            {t('share.copy')}
          </Button>
          <Button kind="primary" icon="save" disabled={busy} onClick={save}>
            {t('pad.file.save')}
          </Button>
        </>
      }
    >
      <fieldset class="pad-formats">
        <legend>{t('pad.file.format')}</legend>
        {FORMATS.map((value) => (
          <label key={value} class="check">
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

/** What is only proposed stays here. */
function leavingText(editor: Pick<Editor, 'getJSON'> | Editor): PadNode {
  const isLive = 'state' in editor;
  const doc = isLive ? heal(new Transform(editor.state.doc), editor.state).doc.toJSON() : editor.getJSON();
  return nameCallouts(acceptedText(doc), calloutNames());
}

/** The whole pad as a file, pictures included; office formats are fetched with the first one. */
async function fileOf(
  editor: Pick<Editor, 'getJSON'>,
  format: Format,
  title: string,
  pictures: () => Promise<Pictures>,
): Promise<Blob> {
  const doc = await withPictures(leavingText(editor), pictures, !isCopied(format));
  if (format === 'docx') {
    const { DOCX_TYPE, writeDocx } = await import('../formats/docx-write.ts');
    return new Blob([await writeDocx(doc, title)] as BlobPart[], { type: DOCX_TYPE });
  }
  if (format === 'odt') {
    const { ODT_TYPE, writeOdt } = await import('../formats/odt-write.ts');
    return new Blob([writeOdt(doc, title, language.value)] as BlobPart[], { type: ODT_TYPE });
  }
  return new Blob([written(doc, format, title, true).text], { type: TYPES[format] });
}

/** The pad in one format; HTML for the clipboard comes with its plain text. */
function written(
  doc: PadNode,
  format: keyof typeof TYPES,
  title: string,
  whole = false,
): { text: string; html?: string } {
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
