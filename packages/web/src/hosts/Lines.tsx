/** One host or one service of the list. */
import type { VNode } from 'preact';
import { type MessageKey, plural, t } from '../i18n/index.ts';
import type { HostView, SoftwareView } from '../network/hosts-page.ts';
import { Icon } from '../ui/icons.tsx';
import { Availability } from './Availability.tsx';
import { LoadHistory } from './LoadHistory.tsx';
import {
  addressOf,
  fullestOf,
  loadOf,
  MUCH,
  placeOf,
  STANDING_ICONS,
  type Standing,
  standingOf,
  standingOfService,
  standingWords,
} from './words.ts';

export function StandingPill({ standing, isService = false }: { standing: Standing; isService?: boolean }): VNode {
  return (
    <span class={`standing standing-${standing}`}>
      <Icon name={STANDING_ICONS[standing]} />
      {standingWords(standing, isService)}
    </span>
  );
}

export function LoadBar({ load }: { load: number }): VNode {
  return (
    <span class="load">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="load-all" width="100" height="8" rx="4" />
        <rect class={load >= 100 * MUCH ? 'load-much' : 'load-some'} width={Math.min(100, load)} height="8" rx="4" />
      </svg>
      <span>{t('hosts.load', { load })}</span>
    </span>
  );
}

export function HostLine({ host }: { host: HostView }): VNode {
  const load = loadOf(host);
  return (
    <li class="host" data-host={host.id} data-standing={standingOf(host)}>
      <div class="host-who">
        <h3>
          <a href={`/hosts?host=${host.id}`}>{host.name}</a>
        </h3>
        <p class="soft small">
          {host.organisation !== '' && host.organisation !== host.name && `${host.organisation} · `}
          {placeOf(host.country)} · {addressOf(host.url)}
        </p>
        <p class="soft small">
          {host.software} {host.version}
        </p>
      </div>
      <div class="host-now">
        <StandingPill standing={standingOf(host)} />
        {load !== undefined && host.state !== 'away' && <LoadBar load={load} />}
      </div>
      <div class="host-past">
        <Availability series={host.days} unit="days" />
        <LoadHistory series={host.days} unit="days" />
      </div>
    </li>
  );
}

/** Known of its load, as words; empty: nothing. */
function loadWords({ load }: SoftwareView): string[] {
  const { users, documents, accounts } = load;
  return [
    ...(users === undefined ? [] : [plural('hosts.users', users)]),
    ...(documents === undefined ? [] : [plural('hosts.open', documents)]),
    ...(accounts === undefined ? [] : [plural('hosts.accounts', accounts)]),
  ];
}

export function ServiceLine({ service }: { service: SoftwareView }): VNode {
  const standing = standingOfService(service);
  const name = service.name || addressOf(service.url);
  const purposes = service.purposes.map((purpose) => t(`hosts.for.${purpose}` as MessageKey)).join(', ');
  return (
    <li class="host" data-standing={standing}>
      <div class="host-who">
        <h3>
          <a href={service.url} rel="noreferrer">
            {name}
          </a>
        </h3>
        <p class="soft small">
          {[service.organisation, placeOf(service.country), addressOf(service.url)].filter(Boolean).join(' · ')}
        </p>
        <p class="soft small">
          {[`${service.softwareName} ${service.version}`.trim(), purposes, ...loadWords(service)].join(' · ')}
        </p>
        <ul class="notices small">
          {service.notices.map((notice) => (
            <li key={notice}>{t(`hosts.notice.${notice}` as MessageKey)}</li>
          ))}
        </ul>
      </div>
      <div class="host-now">
        <StandingPill standing={standing} isService />
      </div>
      <div class="host-past">
        <Availability series={service.days} unit="days" />
        {fullestOf(service.days) !== undefined && <LoadHistory series={service.days} unit="days" />}
      </div>
    </li>
  );
}
