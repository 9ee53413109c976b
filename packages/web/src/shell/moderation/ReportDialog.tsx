import type { VNode } from 'preact';
import { t } from '../../i18n/index.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import type { ReportHost } from './ask-host.ts';
import { ReportForm } from './ReportForm.tsx';

export interface ReportDialogProps {
  open: boolean;
  onClose: () => void;
  /** Those that keep it. */
  hosts: readonly ReportHost[];
  /** Whole address of the link to read: sent only when the person says so. */
  link: string;
}

/** Tells the people of the host of something that should not be there. */
export function ReportDialog({ open, onClose, hosts, link }: ReportDialogProps): VNode {
  const docId = new URL(link).hash.split('.')[1] ?? '';
  return (
    <Dialog open={open} onClose={onClose} title={t('report.title')}>
      <ReportForm hosts={hosts} docId={docId} link={link} leave={onClose} />
    </Dialog>
  );
}
