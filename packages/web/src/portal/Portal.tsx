import type { VNode } from 'preact';
import { tools } from '../apps/registry.ts';
import { DocumentLine } from '../documents/DocumentLine.tsx';
import { useDocuments } from '../documents/useDocuments.ts';
import { t } from '../i18n/index.ts';
import { hostFacts } from '../shell/host.ts';
import { Page } from '../shell/Page.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Hero } from './Hero.tsx';
import { Queue } from './Queue.tsx';
import { attempt } from './start-document.ts';
import { ToolCard } from './ToolCard.tsx';
import { Where } from './Where.tsx';

const RECENT_MAX = 3;

function Recent(): VNode | null {
  const [found] = useDocuments();
  if (found.state !== 'ready' || found.documents.length === 0) return null;
  const now = Date.now();
  return (
    <section class="recent" aria-labelledby="recent">
      <div class="section-head">
        <h2 id="recent">{t('portal.recent')}</h2>
        <a href="/documents">{t('portal.allDocuments')}</a>
      </div>
      <ul class="documents">
        {found.documents.slice(0, RECENT_MAX).map((document) => (
          <DocumentLine key={document.docId} document={document} now={now} />
        ))}
      </ul>
    </section>
  );
}

const REASONS = [
  ['open', 'share'],
  ['key', 'key'],
  ['host', 'read'],
  ['offline', 'offline'],
] as const satisfies readonly (readonly [string, IconName])[];

/** Why the link is all there is, in plain words: four stops on a dotted route. */
function HowItWorks(): VNode {
  const host = hostFacts.value.name;
  return (
    <section class="how" aria-labelledby="how">
      <h2 id="how">{t('portal.how')}</h2>
      <ol class="how-stops">
        {REASONS.map(([reason, icon]) => (
          <li key={reason} class={`how-stop how-${reason}`}>
            <span class="how-isle">
              <Icon name={icon} />
            </span>
            <h3>{t(`portal.how.${reason}`)}</h3>
            <p>{t(`portal.how.${reason}.text`, { host })}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Portal(): VNode {
  return (
    <Page title={t('portal.pageTitle')}>
      <div class="portal">
        <section class="hero">
          <div class="hero-text">
            <h1>{t('portal.title')}</h1>
            <p class="lead">{t('portal.lead', { host: hostFacts.value.name })}</p>
          </div>
          <div class="hero-sea">
            <Hero />
          </div>
        </section>
        <section aria-labelledby="tools" class="tools">
          <h2 id="tools" class="visually-hidden">
            {t('portal.tools')}
          </h2>
          <Where />
          <ul class="tool-grid">
            {tools.map((tool) => (
              <ToolCard key={tool.id} tool={tool} />
            ))}
          </ul>
        </section>
        <Recent />
        <HowItWorks />
      </div>
      <Queue attempt={attempt} />
    </Page>
  );
}
