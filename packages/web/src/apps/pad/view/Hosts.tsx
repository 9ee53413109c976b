import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { language, t } from '../../../i18n/index.ts';
import { type HostCard, hostCard } from '../../../network/host-card.ts';
import { hostFacts } from '../../../shell/host.ts';
import type { KeepingHost } from '../model/document.ts';

const UNKNOWN_COUNTRY = 'ZZ';

/** The hosts that keep the document: who runs them, where, on which terms, and which one this browser speaks to. */
export function Hosts({ hosts }: { hosts: readonly KeepingHost[] }): VNode {
  return (
    <ul class="pad-hosts" data-testid="pad-hosts">
      {hosts.map((host) => (
        <Host key={host.url} host={host} />
      ))}
    </ul>
  );
}

function Host({ host }: { host: KeepingHost }): VNode {
  const { name, country, organisation, legal } = useCard(host);
  const address = new URL(host.url).host;
  return (
    <li data-reached={host.isReached}>
      <strong>{name === address ? name : `${name} (${address})`}</strong>
      {organisation !== '' && `, ${t('footer.runBy', { operator: organisation })}`}
      {country !== UNKNOWN_COUNTRY && `, ${countryName(country)}`}
      {legal !== '' && (
        <>
          {', '}
          <a href={legal} target="_blank" rel="noopener noreferrer">
            {t('pad.about.terms')}
          </a>
        </>
      )}
      <span class={`pad-host-state ${host.isReached === false ? 'is-away' : ''}`}>{stateOf(host)}</span>
    </li>
  );
}

function stateOf({ isConnected, isReached }: KeepingHost): string {
  if (isConnected) return t('pad.about.host.connected');
  if (isReached === undefined) return '';
  return t(isReached ? 'pad.about.host.reached' : 'pad.about.host.away');
}

/** Its own words; until they are there, its address, and for the host of this page what is known anyway. */
function useCard(host: KeepingHost): HostCard {
  const [card, setCard] = useState<HostCard | undefined>();
  const { hostId, url } = host;
  const facts = hostFacts.value;
  useEffect(() => {
    void hostCard({ hostId, url }, facts.portal === true).then(setCard);
  }, [hostId, url, facts.portal]);
  if (card !== undefined) return card;
  const isOwn = url === location.origin;
  const name = isOwn ? facts.name : new URL(url).host;
  return { name, organisation: (isOwn && facts.operator) || '', country: UNKNOWN_COUNTRY, legal: '' };
}

function countryName(code: string): string {
  return new Intl.DisplayNames([language.value], { type: 'region' }).of(code) ?? code;
}
