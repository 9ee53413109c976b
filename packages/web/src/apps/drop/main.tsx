import './drop.css';
import './ask/ask.css';
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { t } from '../../i18n/index.ts';
import { ErrorPage } from '../../shell/ErrorPage.tsx';
import { onFragmentChange, readFragment, writeFragment } from '../../shell/fragment.ts';
import { Page } from '../../shell/Page.tsx';
import { openedFragment } from '../../shell/password/ask.tsx';
import { start } from '../../shell/start.tsx';
import { AskedPage } from './ask/AskedPage.tsx';
import { AskForm } from './ask/AskForm.tsx';
import { GivePage } from './ask/GivePage.tsx';
import { isRequest } from './ask/own.ts';
import { Mine } from './mine/Mine.tsx';
import { Send } from './send/Send.tsx';
import { type Opening, openingOf } from './session/opening.ts';
import { Take } from './take/Take.tsx';

/** Null: the link needs a password, and `asking` has the page that asks for it. */
const opening = signal<Opening | null>(null);
const asking = signal<VNode | null>(null);
let isNew = false;

/** From here on it is its owner's page, also after a reload. */
function sent(link: string): void {
  isNew = true;
  writeFragment(link);
  opening.value = { at: 'mine', link };
}

/** From here on it is the page of whoever asks. */
function asked(link: string): void {
  writeFragment(link);
  opening.value = { at: 'asked', link };
}

function Root(): VNode {
  const step = opening.value;
  if (step === null) return asking.value ?? <Page title={t('tool.drop.name')}>{null}</Page>;
  switch (step.at) {
    case 'stopped':
      return <ErrorPage code={step.code} />;
    case 'send':
      return <Send onSent={sent} />;
    case 'ask':
      return <AskForm onMade={asked} />;
    case 'asked':
      return <AskedPage link={step.link} />;
    case 'give':
      return <GivePage link={step.link} />;
    case 'mine':
      return <Mine link={step.link} isNew={isNew} />;
    case 'take':
      return <Take link={step.link} />;
  }
}

// Another link pasted in the same tab is another drop.
onFragmentChange(() => location.reload());

async function open(): Promise<void> {
  const fragment = readFragment();
  const show = (page: VNode): void => {
    asking.value = page;
  };
  const step = openingOf(fragment === null ? null : await openedFragment(fragment, show));
  opening.value = await askingOf(step);
}

/** Sending and asking have one page, drops and requests one kind of link. */
async function askingOf(step: Opening): Promise<Opening> {
  if (step.at === 'send' && new URLSearchParams(location.search).has('ask')) return { at: 'ask' };
  return step.at === 'mine' && (await isRequest(step.link)) ? { at: 'asked', link: step.link } : step;
}

await Promise.all([open(), start(Root)]);
