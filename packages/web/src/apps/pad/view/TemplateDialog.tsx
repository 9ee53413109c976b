import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { t } from '../../../i18n/index.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { focusText } from '../editor/focus.ts';
import { TEMPLATES, type TemplateName, templateBlocks } from '../model/templates.ts';

interface TemplateDialogProps {
  editor: Editor;
  open: boolean;
  onClose: () => void;
}

/** Texts to begin with; what is chosen stands at the end of the pad, or is all of an empty one. */
export function TemplateDialog({ editor, open, onClose }: TemplateDialogProps): VNode {
  const use = (name: TemplateName) => () => {
    onClose();
    requestAnimationFrame(() => {
      const { doc } = editor.state;
      const place = editor.isEmpty ? { from: 0, to: doc.content.size } : doc.content.size;
      editor
        .chain()
        .insertContentAt(place, templateBlocks(t(`pad.template.${name}.text`)))
        .run();
      focusText(editor, editor.isEmpty ? 'start' : 'end');
    });
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('pad.template.title')}>
      <ul class="pad-templates">
        {TEMPLATES.map((name, index) => (
          <li key={name}>
            <button type="button" onClick={use(name)} {...(index === 0 && { 'data-first': true })}>
              <strong>{t(`pad.template.${name}.name`)}</strong>
              <span>{t(`pad.template.${name}.hint`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
