import type { Editor } from '@tiptap/core';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { plural, t } from '../../../../i18n/index.ts';
import { Button } from '../../../../ui/Button.tsx';
import { personClass } from '../../../../ui/PeopleList.tsx';
import { announce } from '../../../../ui/toasts.ts';
import { goToProposal, settleIn } from '../../editor/propose-mode.ts';
import type { Proposal } from '../../editor/read-proposals.ts';
import { type ProposedChange, readProposals } from '../../editor/read-proposals.ts';
import { THINGS } from '../together/proposed-things.ts';
import { proposing } from '../together/proposing.ts';
import { SidePanel } from './SidePanel.tsx';

interface ProposalsPanelProps {
  editor: Editor;
  writable: boolean;
  /** The proposal that was asked for. */
  chosen: string | undefined;
  onClose: () => void;
}

/** Longer proposals are shown by their beginning: the text has all of it. */
const SHOWN_MAX = 300;

/** What is proposed, in the order of the text, to be accepted or refused. */
export function ProposalsPanel({ editor, writable, chosen, onClose }: ProposalsPanelProps): VNode {
  const proposals = useProposals(editor);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (chosen !== undefined) list.current?.querySelector('.is-chosen')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const settle = (isAccepted: boolean, proposal?: Proposal): void => {
    const place = proposal === undefined ? 0 : proposals.indexOf(proposal);
    settleIn(editor, isAccepted, proposal && [proposal.id]);
    announce(t(isAccepted ? 'pad.proposals.accepted' : 'pad.proposals.refused'));
    keepFocus(list.current, place);
  };
  return (
    <SidePanel title={t('pad.proposals.title')} onClose={onClose}>
      {writable && (
        <Button
          icon="write"
          onClick={() => {
            proposing.value = !proposing.value;
          }}
        >
          {t(proposing.value ? 'pad.proposals.end' : 'pad.proposals.begin')}
        </Button>
      )}
      {proposals.length === 0 && <p class="soft">{t('pad.proposals.how')}</p>}
      <p class="soft small" role="status">
        {plural('pad.proposals.count', proposals.length)}
      </p>
      {writable && proposals.length > 1 && (
        <div class="row settle-all">
          <Button icon="check" onClick={() => settle(true)}>
            {t('pad.proposals.acceptAll')}
          </Button>
          <Button icon="close" onClick={() => settle(false)}>
            {t('pad.proposals.refuseAll')}
          </Button>
        </div>
      )}
      {/* The focus comes here when the last one is settled. */}
      <ul class="comments" ref={list} tabIndex={-1}>
        {proposals.map((proposal) => (
          <OneProposal
            key={proposal.id}
            proposal={proposal}
            isChosen={proposal.id === chosen}
            writable={writable}
            show={() => {
              if (list.current?.closest('dialog')) onClose();
              goToProposal(editor, proposal);
            }}
            settle={(isAccepted) => settle(isAccepted, proposal)}
          />
        ))}
      </ul>
    </SidePanel>
  );
}

/** The button that was pressed is gone: the next proposal's first one has the focus. */
function keepFocus(list: HTMLElement | null, place: number): void {
  requestAnimationFrame(() => {
    const items = [...(list?.querySelectorAll<HTMLElement>('li') ?? [])];
    const next = items[Math.min(place, items.length - 1)]?.querySelector<HTMLElement>('button') ?? list;
    next?.focus();
  });
}

/** How long the text rests before its proposals are read again; what is settled here is gone at once. */
const REST_MS = 200;

function useProposals(editor: Editor): Proposal[] {
  const [proposals, setProposals] = useState(() => readProposals(editor.state.doc));
  useEffect(() => {
    let timer = 0;
    const read = (): void => setProposals(readProposals(editor.state.doc));
    const changed = (): void => {
      window.clearTimeout(timer);
      if (editor.view.hasFocus()) timer = window.setTimeout(read, REST_MS);
      else read();
    };
    editor.on('update', changed);
    return () => {
      window.clearTimeout(timer);
      editor.off('update', changed);
    };
  }, [editor]);
  return proposals;
}

/** What is proposed of blocks and formats, in words. */
function changeWords({ is, thing }: ProposedChange): string {
  const name = THINGS[thing];
  if (name === undefined) return t('pad.proposals.changes');
  return t(`pad.proposals.${is}Thing`, { thing: t(name) });
}

interface OneProposalProps {
  proposal: Proposal;
  isChosen: boolean;
  writable: boolean;
  show: () => void;
  settle: (isAccepted: boolean) => void;
}

const beginning = (words: string): string => (words.length > SHOWN_MAX ? `${words.slice(0, SHOWN_MAX)}…` : words);

function OneProposal({ proposal, isChosen, writable, show, settle }: OneProposalProps): VNode {
  const { added, removed, breaks, changes, colour } = proposal;
  const name = proposal.name === '' ? t('people.anonymous') : proposal.name;
  const lines = changes.map(changeWords);
  const told = { name, words: beginning(added || removed || lines.join(', ')).slice(0, 60) };
  return (
    <li class={`comment ${personClass(colour)} ${isChosen ? 'is-chosen' : ''}`}>
      <button
        type="button"
        class="comment-quote said-who"
        onClick={show}
        aria-label={t('pad.proposals.show', { name })}
      >
        <strong>{name}</strong>
      </button>
      {lines.map((line) => (
        <p key={line} class="soft small">
          {line}
        </p>
      ))}
      {removed !== '' && (
        <p class="proposal-line">
          <span class="soft small">{t('pad.proposals.removes')}</span> <del>{beginning(removed)}</del>
        </p>
      )}
      {added !== '' && (
        <p class="proposal-line">
          <span class="soft small">{t('pad.proposals.adds')}</span> <ins>{beginning(added)}</ins>
        </p>
      )}
      {breaks.added > 0 && <p class="soft small">{t('pad.proposals.splits')}</p>}
      {breaks.removed > 0 && <p class="soft small">{t('pad.proposals.joins')}</p>}
      {writable && (
        <div class="row">
          <Button
            kind="quiet"
            icon="check"
            aria-label={t('pad.proposals.acceptName', told)}
            onClick={() => settle(true)}
          >
            {t('pad.proposals.accept')}
          </Button>
          <Button
            kind="quiet"
            icon="close"
            aria-label={t('pad.proposals.refuseName', told)}
            onClick={() => settle(false)}
          >
            {t('pad.proposals.refuse')}
          </Button>
        </div>
      )}
    </li>
  );
}
