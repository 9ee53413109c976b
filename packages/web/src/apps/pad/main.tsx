import './style/text.css';
import './style/dialogs.css';
import './style/frame.css';
import { createClient, indexedDbStorage } from '@archipel/client';
import { encodeBase64url } from '@archipel/protocol';
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { onForgotten } from '../../documents/store.ts';
import { t } from '../../i18n/index.ts';
import { AppFrame } from '../../shell/AppFrame.tsx';
import { readCreation } from '../../shell/creation.ts';
import { ErrorPage } from '../../shell/ErrorPage.tsx';
import { onFragmentChange, readFragment, writeFragment } from '../../shell/fragment.ts';
import { defaultKeep, hostFacts } from '../../shell/host.ts';
import { start } from '../../shell/start.tsx';
import { createPad, type Opening, openPad } from './session/open.ts';
import { Opened } from './view/Opened.tsx';

const client = createClient({ storage: indexedDbStorage() });
const relay = `${location.origin.replace(/^http/, 'ws')}/relay`;
const deps = { client, relay, now: Date.now };
const opening = signal<Opening>({ at: 'door' });

function Root(): VNode {
  const step = opening.value;
  if (step.at === 'work') return <Opened document={step.document} now={Date.now} />;
  if (step.at === 'stopped') {
    const mayPass = step.code === 'host_unreachable' || step.code === 'rate_limited';
    return <ErrorPage code={step.code} {...(mayPass && { onRetry: () => location.reload() })} />;
  }
  return (
    <AppFrame title={t('tool.pad.name')} heading={<h1>{t('tool.pad.name')}</h1>}>
      <p class="pad-opening" role="status">
        {t('pad.opening')}
      </p>
    </AppFrame>
  );
}

async function open(): Promise<void> {
  const creation = readCreation(location.search, defaultKeep(hostFacts.value));
  const tell = (step: Opening) => {
    opening.value = step;
  };
  if (creation === null) return openPad(deps, readFragment() ?? '', tell);
  const document = await createPad(deps, creation.keep);
  // The owner's link is in the address bar before the first letter is typed: a reload opens the same pad.
  writeFragment(document.links().own ?? '');
  tell({ at: 'work', document });
}

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
