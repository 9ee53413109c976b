import type { ComponentChildren, VNode } from 'preact';
import { dayInWords, momentInWords } from '../i18n/dates.ts';
import { type MessageKey, t } from '../i18n/index.ts';
import { languageName } from '../i18n/regions.ts';
import { type HostPage, type HostView, hasRoom } from '../network/hosts-page.ts';
import { Contact } from '../shell/Contact.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import { Availability } from './Availability.tsx';
import { LoadBar, StandingPill } from './Lines.tsx';
import { LoadHistory } from './LoadHistory.tsx';
import { addressOf, keptInWords, limitInWords, loadOf, placeOf, standingOf } from './words.ts';

function Fact({ name, children }: { name: MessageKey; children: ComponentChildren }): VNode {
  return (
    <div class="fact">
      <dt>{t(name)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Who({ host }: { host: HostView }): VNode {
  return (
    <dl class="facts">
      {host.organisation !== '' && <Fact name="hosts.fact.who">{host.organisation}</Fact>}
      <Fact name="hosts.fact.where">{placeOf(host.country)}</Fact>
      {host.contact !== '' && (
        <Fact name="hosts.fact.contact">
          <Contact contact={host.contact} />
        </Fact>
      )}
      <Fact name="hosts.fact.address">
        <a href={host.url} rel="noreferrer">
          {addressOf(host.url)}
        </a>
      </Fact>
      {host.languages.length > 0 && (
        <Fact name="hosts.fact.languages">{host.languages.map(languageName).join(', ')}</Fact>
      )}
      <Fact name="hosts.fact.software">
        {host.software} {host.version}
      </Fact>
      <Fact name="hosts.fact.fingerprint">
        <code>{host.fingerprint}</code>
      </Fact>
    </dl>
  );
}

function Rules({ host }: { host: HostView }): VNode {
  const welcome = host.welcome.map((who) => (who === 'everyone' ? t('hosts.everyone') : who)).join(', ');
  return (
    <dl class="facts">
      {welcome !== '' && <Fact name="hosts.fact.welcome">{welcome}</Fact>}
      <Fact name="hosts.fact.kept">{keptInWords(host.retentionDays)}</Fact>
      {host.limits.length > 0 && (
        <Fact name="hosts.fact.limits">
          <ul class="plain-list">
            {host.limits.map((limit) => (
              <li key={limit.name}>{limitInWords(limit)}</li>
            ))}
          </ul>
        </Fact>
      )}
      {/^https?:\/\//.test(host.legal) && (
        <Fact name="hosts.fact.legal">
          <a href={host.legal} rel="noreferrer">
            {host.legal}
          </a>
        </Fact>
      )}
      <Fact name="hosts.fact.vouched">{t(host.vouched ? 'hosts.vouched' : 'hosts.notVouched')}</Fact>
    </dl>
  );
}

export function OneHost({ page: { host, hours, at } }: { page: HostPage }): VNode {
  const load = loadOf(host);
  return (
    <>
      <header class="stack">
        <h1>{host.name}</h1>
        <div class="row">
          <StandingPill standing={standingOf(host)} />
          {load !== undefined && host.state !== 'away' && <LoadBar load={load} />}
        </div>
        {host.state === 'away' && host.lastAnswer !== null && (
          <p class="soft">{t('hosts.lastAnswer', { when: momentInWords(host.lastAnswer, at) })}</p>
        )}
        {hasRoom(host) && (
          <p>
            <ButtonLink kind="primary" href={`/?host=${host.id}#tools`}>
              {t('hosts.startHere')}
            </ButtonLink>
          </p>
        )}
      </header>
      <section class="stack" aria-labelledby="who">
        <h2 id="who">{t('hosts.who')}</h2>
        <Who host={host} />
      </section>
      <section class="stack" aria-labelledby="rules">
        <h2 id="rules">{t('hosts.rules')}</h2>
        <Rules host={host} />
      </section>
      <section class="stack" aria-labelledby="history">
        <h2 id="history">{t('hosts.history')}</h2>
        {host.knownSince !== null && <p class="soft">{t('hosts.knownSince', { day: dayInWords(host.knownSince) })}</p>}
        <h3>{t('hosts.history.days')}</h3>
        <Availability series={host.days} unit="days" />
        <h3>{t('hosts.history.hours')}</h3>
        <Availability series={lastDays(hours)} unit="hours" />
      </section>
      <section class="stack" aria-labelledby="loads">
        <h2 id="loads">{t('hosts.loads')}</h2>
        <p class="soft">{t('hosts.loads.text')}</p>
        <h3>{t('hosts.history.days')}</h3>
        <LoadHistory series={host.days} unit="days" />
        <h3>{t('hosts.history.hours')}</h3>
        <LoadHistory series={lastDays(hours)} unit="hours" />
      </section>
      <section class="stack" aria-labelledby="peers">
        <h2 id="peers">{t('hosts.peers')}</h2>
        {host.peers.length === 0 ? (
          <p class="soft">{t('hosts.peers.none')}</p>
        ) : (
          <ul class="plain-list">
            {host.peers.map(({ id, url }) => (
              <li key={id}>
                <a href={`/hosts?host=${id}`}>{addressOf(url)}</a>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

const HOURS_SHOWN = 72;

function lastDays({ fromMs, answered, fullest }: HostPage['hours']): HostPage['hours'] {
  const skipped = Math.max(0, answered.length - HOURS_SHOWN);
  return {
    fromMs: fromMs + skipped * 3_600_000,
    answered: answered.slice(skipped),
    fullest: fullest.slice(skipped),
  };
}
