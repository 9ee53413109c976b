import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plural, t } from '../i18n/index.ts';
import type { DropState } from './drop-state.ts';

/** How often a drop was or may be taken, once its host has said so. */
export function DropFacts({ link }: { link: string }): VNode | null {
  const [state, setState] = useState<DropState | undefined>(undefined);
  useEffect(() => {
    let isLeft = false;
    void import('./drop-state.ts')
      .then(({ dropState }) => dropState(link))
      .then((found) => {
        if (!isLeft) setState(found);
      });
    return () => {
      isLeft = true;
    };
  }, [link]);
  if (state === undefined) return null;
  if (state.at === 'gone') return <span class="expiry-past">{t('drop.mine.listGone')}</span>;
  return (
    <>
      <span>
        {state.left === undefined
          ? plural('drop.mine.listTaken', state.taken)
          : plural('drop.mine.listLeft', state.left)}
      </span>
      {state.mayBeMended && <span class="expiry-soon">{t('drop.mine.listMend')}</span>}
    </>
  );
}
