/** What the network is like before one starts, and the small choice of where. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { language, plural, t } from '../i18n/index.ts';
import { countryName } from '../i18n/regions.ts';
import { type HostsPage, type HostView, hasRoom, loadHosts } from '../network/hosts-page.ts';
import { hostFacts } from '../shell/host.ts';
import { Icon } from '../ui/icons.tsx';
import { Select } from '../ui/Select.tsx';
import { wish } from './wish.ts';

const AGAIN_MS = 30_000;
/** More are chosen on the page of hosts. */
const HOSTS_MAX = 40;

function useHosts(): HostsPage | undefined {
  const [page, setPage] = useState<HostsPage>();
  const isPortal = hostFacts.value.portal === true;
  useEffect(() => {
    if (!isPortal) return;
    const look = async (): Promise<void> => {
      if (document.visibilityState === 'hidden') return;
      const found = await loadHosts();
      if (found !== undefined) setPage(found);
    };
    void look();
    const timer = setInterval(() => void look(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [isPortal]);
  return page;
}

interface Choice {
  value: string;
  text: string;
}

/** Countries and hosts that have room, and what is chosen already. */
export function choicesOf(hosts: readonly HostView[], chosen: { country?: string; host?: string }): Choice[] {
  const { compare } = new Intl.Collator(language.value);
  const byText = (choices: Choice[]): Choice[] => choices.sort((one, other) => compare(one.text, other.text));
  const open = hosts.filter((host) => hasRoom(host) || host.id === chosen.host);
  const countries = byText(
    [...new Set(open.map(({ country }) => country))].flatMap((code) => {
      const country = countryName(code);
      return country === undefined ? [] : [{ value: code, text: t('where.country', { country }) }];
    }),
  );
  const named = byText(open.map(({ id, name }) => ({ value: id, text: t('where.host', { name }) })));
  const kept = named.filter(({ value }, index) => index < HOSTS_MAX || value === chosen.host);
  return [{ value: '', text: t('where.any') }, ...countries, ...kept];
}

function choose(value: string): void {
  wish.value = value === '' ? {} : value.length === 2 ? { country: value } : { host: value };
}

/** Nothing where the page's host is no portal, or does not tell of others. */
export function Where(): VNode | null {
  const page = useHosts();
  if (page === undefined || page.hosts.length === 0) return null;
  const open = page.hosts.filter(hasRoom).length;
  const all = page.hosts.length;
  return (
    <div class="where">
      <p class={`where-state ${open > 0 ? 'where-open' : 'where-full'}`} role="status">
        <Icon name={open > 0 ? 'check' : 'warning'} />
        <span>{open > 0 ? plural('where.state', all, { open }) : t('where.full')}</span>{' '}
        <a href="/hosts">{t('where.see')}</a>
      </p>
      {all > 1 && (
        <Select
          label={t('where.label')}
          value={wish.value.host ?? wish.value.country ?? ''}
          options={choicesOf(page.hosts, wish.value)}
          onChange={choose}
        />
      )}
    </div>
  );
}
