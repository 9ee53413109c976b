import type { ComponentType, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import type { ReportDialogProps } from './ReportDialog.tsx';

/** At the foot of a page: tells the people of the host of something that should not be there. The dialog is fetched when it is wanted. */
export function ReportButton({ hosts, link }: Pick<ReportDialogProps, 'hosts' | 'link'>): VNode {
  const [fetched, keep] = useState<{ Dialog: ComponentType<ReportDialogProps> } | null>(null);
  const [isOpen, open] = useState(false);
  const report = async (): Promise<void> => {
    const { ReportDialog } = await import('./ReportDialog.tsx');
    keep({ Dialog: ReportDialog });
    open(true);
  };
  return (
    <>
      <p>
        <Button kind="quiet" icon="flag" onClick={() => void report()}>
          {t('report.title')}
        </Button>
      </p>
      {fetched && <fetched.Dialog open={isOpen} onClose={() => open(false)} hosts={hosts} link={link} />}
    </>
  );
}
