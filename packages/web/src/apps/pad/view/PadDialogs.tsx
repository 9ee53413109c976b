import type { Signal } from '@preact/signals';
import type { ComponentType, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { NameDialog } from '../../../ui/NameDialog.tsx';
import { TABLE_COMMANDS } from '../editor/commands.ts';
import type { PadDocument } from '../model/document.ts';
import { LinkDialog } from './LinkDialog.tsx';
import { TableDialog } from './TableDialog.tsx';
import type { Pad } from './use-editor.ts';

export type DialogName = 'share' | 'name' | 'about' | 'help' | 'copy' | 'link' | 'table';

interface PadDialogsProps {
  dialog: Signal<DialogName | null>;
  document: PadDocument;
  pad: Pad;
  title: string;
  now: () => number;
}

/** The dialogs of a pad, one open at a time; those that most people never open are fetched when they do. */
export function PadDialogs({ dialog, document, pad, title, now }: PadDialogsProps): VNode {
  const name = dialog.value;
  const onClose = () => {
    dialog.value = null;
  };
  const Share = useLater(name === 'share', () =>
    import('../../../ui/ShareDialog.tsx').then((part) => part.ShareDialog),
  );
  const About = useLater(name === 'about', () => import('./AboutDialog.tsx').then((part) => part.AboutDialog));
  const Help = useLater(name === 'help', () => import('./HelpDialog.tsx').then((part) => part.HelpDialog));
  const Copy = useLater(name === 'copy', () => import('./CopyDialog.tsx').then((part) => part.CopyDialog));
  const writing = { editor: pad.editor, onClose };
  return (
    <>
      {Share && (
        <Share
          open={name === 'share'}
          onClose={onClose}
          viewLink={document.links.view}
          editLink={document.links.edit}
        />
      )}
      <NameDialog open={name === 'name'} onClose={onClose} />
      <LinkDialog {...writing} open={name === 'link'} openLink={pad.openLink} />
      <TableDialog {...writing} open={name === 'table'} />
      {About && <About document={document} open={name === 'about'} onClose={onClose} now={now} />}
      {Help && <Help open={name === 'help'} onClose={onClose} commands={[...pad.commands, ...TABLE_COMMANDS]} />}
      {Copy && <Copy open={name === 'copy'} onClose={onClose} editor={pad.editor} title={title} />}
    </>
  );
}

/** A component fetched the first time it is wanted. */
function useLater<Props>(wanted: boolean, load: () => Promise<ComponentType<Props>>): ComponentType<Props> | null {
  const [fetched, setFetched] = useState<{ Part: ComponentType<Props> } | null>(null);
  useEffect(() => {
    if (wanted && fetched === null) void load().then((Part) => setFetched({ Part }));
  }, [wanted]);
  return fetched?.Part ?? null;
}
