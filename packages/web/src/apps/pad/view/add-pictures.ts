import type { Editor } from '@tiptap/core';
import { t } from '../../../i18n/index.ts';
import { hostFacts } from '../../../shell/host.ts';
import { showToast } from '../../../ui/toasts.ts';
import { PICTURE, type Pictures } from '../model/pictures.ts';
import { preparePicture } from './prepare-picture.ts';

/** Puts pictures at a place of the text, or says of each why not. How many were put there. */
export async function addPictures(
  editor: Editor,
  pictures: Pictures,
  files: readonly File[],
  place?: number,
): Promise<number> {
  if (hostFacts.value.files === null) {
    showToast(t('pad.picture.noFiles'));
    return 0;
  }
  let added = 0;
  let at = place;
  for (const file of files) {
    const prepared = await preparePicture(file);
    if (!prepared.ok) {
      const isDrawing = file.type === 'image/svg+xml';
      showToast(t(isDrawing ? 'pad.picture.svg' : `pad.picture.${prepared.code}`, { name: file.name }));
      continue;
    }
    const ref = await pictures.add(prepared.picture).catch(() => undefined);
    if (ref === undefined) {
      showToast(t('pad.picture.notKept', { name: file.name }));
      return added;
    }
    const node = { type: PICTURE, attrs: { ...ref, alt: '', width: null, pixels: prepared.pixels } };
    const size = editor.state.doc.content.size;
    const where = Math.min(at ?? editor.state.selection.to, size);
    editor.chain().insertContentAt(where, node).run();
    at = Math.min(where + 2, editor.state.doc.content.size);
    added += 1;
  }
  return added;
}
