import './style/text.css';
import './style/long-text.css';
import './style/callouts.css';
import './style/emoji.css';
import './style/notes.css';
import './style/pictures.css';
import './style/dialogs.css';
import './style/frame.css';
import './style/together.css';
import './style/print.css';
import { createClient, indexedDbStorage } from '@archipel/client';
import { encodeBase64url } from '@archipel/protocol';
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { onForgotten } from '../../documents/store.ts';
import { t } from '../../i18n/index.ts';
import { placeDocument } from '../../network/place.ts';
import { sayServed } from '../../network/served.ts';
import { AppFrame } from '../../shell/AppFrame.tsx';
import { readCreation } from '../../shell/creation.ts';
import type { ErrorPageProps } from '../../shell/ErrorPage.tsx';
import { onFragmentChange, readFragment, writeFragment } from '../../shell/fragment.ts';
import { defaultKeep, hostFacts } from '../../shell/host.ts';
import { openedFragment } from '../../shell/password/ask.tsx';
import { takePlaced } from '../../shell/placed.ts';
import { start } from '../../shell/start.tsx';
import type { Queue } from './model/document.ts';
import { linksOf } from './session/links.ts';
import { createPad, type Opening, openPad } from './session/open.ts';
import { Opened } from './view/Opened.tsx';
import { useLater } from './view/use-later.ts';

const storage = indexedDbStorage();
const client = createClient({ storage });
const relay = `${location.origin.replace(/^http/, 'ws')}/relay`;
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const queue = signal<Queue | undefined>(undefined);
const deps = {
  client,
  relay,
  now: Date.now,
  place: placeDocument,
  wait,
  report: sayServed,
  tell: (now: Queue | undefined) => {
    queue.value = now;
  },
};
const loadErrorPage = () => import('../../shell/ErrorPage.tsx').then((part) => part.ErrorPage);
const opening = signal<Opening>({ at: 'door' });
/** Before the door, when the link needs a password. */
const asking = signal<VNode | null>(null);

function Root(): VNode {
  if (asking.value !== null) return asking.value;
  const step = opening.value;
  if (step.at === 'work') return <Opened document={step.document} now={Date.now} queue={queue} storage={storage} />;
  if (step.at === 'stopped') {
    const mayPass = step.code === 'host_unreachable' || step.code === 'rate_limited' || step.code === 'crowded';
    return <Stopped code={step.code} {...(mayPass && { onRetry: () => location.reload() })} />;
  }
  return (
    <AppFrame title={t('tool.pad.name')} heading={<h1>{t('tool.pad.name')}</h1>}>
      <p class="pad-opening" role="status">
        {t('pad.opening')}
      </p>
    </AppFrame>
  );
}

function Stopped(props: ErrorPageProps): VNode | null {
  const Page = useLater(true, loadErrorPage);
  return Page && <Page {...props} />;
}

async function open(): Promise<void> {
  const creation = readCreation(location.search, defaultKeep(hostFacts.value));
  const tell = (step: Opening) => {
    opening.value = step;
  };
  if (creation === null) {
    const fragment = await openedFragment(readFragment() ?? '', (page) => {
      asking.value = page;
    });
    asking.value = null;
    return openPad(deps, fragment, tell);
  }
  const document = await createPad(deps, creation.keep, takePlaced(Date.now()));
  // The owner's link is in the address bar before the first letter is typed: a reload opens the same pad.
  const show = () => writeFragment(linksOf(document).own ?? '');
  show();
  document.on('relays', show);
  tell({ at: 'work', document });
}

// Fetched beforehand: when it is wanted, the host may be gone.
void loadErrorPage().catch(() => undefined);
// Another link pasted in the same tab is another document.
onFragmentChange(() => location.reload());
// Removed from this browser in another tab: closing writes this tab's copy, which then goes as well.
onForgotten((docId) => {
  for (const { docId: id } of client.documents) {
    if (encodeBase64url(id) !== docId) continue;
    opening.value = { at: 'stopped', code: 'forgotten' };
    void client.forget(id);
  }
});
// What waits is written to this browser's disk when the page goes away (a phone may never come back to it).
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') for (const open of client.documents) void open.hide();
});

await Promise.all([open(), start(Root)]);
