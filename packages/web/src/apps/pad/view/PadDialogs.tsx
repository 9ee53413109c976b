import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { TABLE_COMMANDS } from '../editor/table-commands.ts';
import type { PadDocument } from '../model/document.ts';
import { writesText } from '../model/document.ts';
import type { Pad } from './use-editor.ts';
import { useLater } from './use-later.ts';

export type DialogName =
  | 'share'
  | 'name'
  | 'about'
  | 'outline'
  | 'help'
  | 'copy'
  | 'link'
  | 'table'
  | 'picture'
  | 'template'
  | 'formula'
  | 'emoji'
  | 'report'
  | 'publish'
  | 'card'
  | 'past'
  | 'news'
  | 'etherpad';

interface PadDialogsProps {
  dialog: Signal<DialogName | null>;
  document: PadDocument;
  pad: Pad;
  writable: boolean;
  title: string;
  now: () => number;
  /** where the picture stands that is edited */
  picture: Signal<number>;
  /** where the formula stands that is edited; undefined for a new one */
  formula: Signal<number | undefined>;
}

/** Read only when somebody wants them on paper. */
function linksOnPaper({ links, ownLink }: PadDocument) {
  return { ...links, ...(ownLink !== undefined && { own: ownLink }) };
}

/** The dialogs of a pad, one open at a time; those that most people never open are fetched when they do. */
export function PadDialogs(props: PadDialogsProps): VNode {
  const { dialog, document, pad, writable, title, now, picture, formula } = props;
  const name = dialog.value;
  const onClose = () => {
    dialog.value = null;
  };
  const Share = useLater(name === 'share', () =>
    import('../../../ui/ShareDialog.tsx').then((part) => part.ShareDialog),
  );
  const Name = useLater(name === 'name', () => import('../../../ui/NameDialog.tsx').then((part) => part.NameDialog));
  const About = useLater(name === 'about', () => import('./AboutDialog.tsx').then((part) => part.AboutDialog));
  const Link = useLater(writable, () => import('./LinkDialog.tsx').then((part) => part.LinkDialog));
  const Table = useLater(name === 'table', () => import('./TableDialog.tsx').then((part) => part.TableDialog));
  const Outline = useLater(name === 'outline', () => import('./OutlineDialog.tsx').then((part) => part.OutlineDialog));
  const Help = useLater(name === 'help', () => import('./HelpDialog.tsx').then((part) => part.HelpDialog));
  const Past = useLater(name === 'past' || name === 'news', () =>
    import('./past/PastDialog.tsx').then((part) => part.PastDialog),
  );
  const Copy = useLater(name === 'copy', () => import('./CopyDialog.tsx').then((part) => part.CopyDialog));
  const Report = useLater(name === 'report', () =>
    import('../../../shell/moderation/ReportDialog.tsx').then((part) => part.ReportDialog),
  );
  const Publish = useLater(name === 'publish', () =>
    import('../publish/PublishDialog.tsx').then((part) => part.PublishDialog),
  );
  const Card = useLater(name === 'card', () =>
    import('../../../ui/card/CardDialog.tsx').then((part) => part.CardDialog),
  );
  const Picture = useLater(writesText(document.cap), () =>
    import('./PictureDialog.tsx').then((part) => part.PictureDialog),
  );
  const Template = useLater(name === 'template', () =>
    import('./TemplateDialog.tsx').then((part) => part.TemplateDialog),
  );
  const Formula = useLater(name === 'formula', () => import('./FormulaDialog.tsx').then((part) => part.FormulaDialog));
  const Emoji = useLater(name === 'emoji', () => import('./EmojiDialog.tsx').then((part) => part.EmojiDialog));
  const Etherpad = useLater(name === 'etherpad', () =>
    import('./etherpad/EtherpadDialog.tsx').then((part) => part.EtherpadDialog),
  );
  const writing = { editor: pad.editor, onClose };
  return (
    <>
      {Share && (
        <Share
          open={name === 'share'}
          onClose={onClose}
          viewLink={document.links.view}
          // It comes with the owner's header.
          commentLink={document.mayRemark.value ? document.links.comment : undefined}
          makeComment={document.cap === 'own' ? document.openToRemarks : undefined}
          editLink={document.links.edit}
        />
      )}
      {Report && (
        <Report open={name === 'report'} onClose={onClose} hosts={document.hosts.value} link={document.links.view} />
      )}
      {Publish && <Publish open={name === 'publish'} onClose={onClose} document={document} editor={pad.editor} />}
      {Card && (
        <Card
          open={name === 'card'}
          onClose={onClose}
          title={title}
          links={linksOnPaper(document)}
          hosts={document.hosts.value.map(({ url }) => new URL(url).host)}
          expiresAt={document.expiresAt.value}
          now={now()}
        />
      )}
      {Name && <Name open={name === 'name'} onClose={onClose} />}
      {Link && <Link {...writing} open={name === 'link'} openLink={pad.openLink} />}
      {Table && <Table {...writing} open={name === 'table'} />}
      {Picture && <Picture {...writing} open={name === 'picture'} position={picture.value} />}
      {Formula && <Formula {...writing} open={name === 'formula'} position={formula.value} />}
      {Emoji && <Emoji {...writing} open={name === 'emoji'} />}
      {Template && <Template {...writing} open={name === 'template'} />}
      {About && <About document={document} open={name === 'about'} onClose={onClose} now={now} />}
      {Outline && <Outline open={name === 'outline'} onClose={onClose} editor={pad.editor} />}
      {Help && <Help open={name === 'help'} onClose={onClose} commands={[...pad.commands, ...TABLE_COMMANDS]} />}
      {Past && (
        <Past
          {...writing}
          document={document}
          writable={writable}
          open={name === 'past' || name === 'news'}
          sinceVisit={name === 'news'}
        />
      )}
      {Etherpad && <Etherpad {...writing} document={document} open={name === 'etherpad'} />}
      {Copy && (
        <Copy open={name === 'copy'} onClose={onClose} editor={pad.editor} title={title} pictures={document.pictures} />
      )}
    </>
  );
}
