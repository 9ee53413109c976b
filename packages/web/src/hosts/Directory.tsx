/** All hosts that this portal knows, and services of other software. */
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import { language, plural, t } from '../i18n/index.ts';
import { countryName } from '../i18n/regions.ts';
import { type HostsPage, type HostView, hasRoom, type SoftwareView } from '../network/hosts-page.ts';
import { Icon } from '../ui/icons.tsx';
import { Select } from '../ui/Select.tsx';
import { HostsMap } from './HostsMap.tsx';
import { HostLine, ServiceLine } from './Lines.tsx';
import { addressOf, matches, placeOf, standingOfService } from './words.ts';

interface Sought {
  words: string;
  /** Empty: any. */
  country: string;
  room: boolean;
}

const isHost = ({ words, country, room }: Sought, host: HostView): boolean =>
  (country === '' || host.country === country) &&
  (!room || hasRoom(host)) &&
  matches(words, [host.name, host.organisation, addressOf(host.url), placeOf(host.country), host.software]);

const isService = ({ words, country, room }: Sought, service: SoftwareView): boolean =>
  (country === '' || service.country === country) &&
  (!room || standingOfService(service) === 'room') &&
  matches(words, [service.name, service.organisation, service.softwareName, service.url, placeOf(service.country)]);

interface SearchProps {
  sought: Sought;
  countries: readonly string[];
  found: string;
  onChange: (sought: Sought) => void;
}

function Search({ sought, countries, found, onChange }: SearchProps): VNode {
  const field = useId();
  const { compare } = new Intl.Collator(language.value);
  const named = countries.flatMap((code) => {
    const text = countryName(code);
    return text === undefined ? [] : [{ value: code, text }];
  });
  return (
    <search class="hosts-search">
      <div class="hosts-words">
        <label for={field} class="visually-hidden">
          {t('hosts.search')}
        </label>
        <Icon name="search" />
        <input
          id={field}
          class="field"
          type="search"
          placeholder={t('hosts.search')}
          value={sought.words}
          onInput={(event) => onChange({ ...sought, words: event.currentTarget.value })}
        />
      </div>
      <Select
        label={t('hosts.country')}
        value={sought.country}
        options={[
          { value: '', text: t('hosts.anywhere') },
          ...named.sort((one, other) => compare(one.text, other.text)),
        ]}
        onChange={(country) => onChange({ ...sought, country })}
      />
      <label class="hosts-room">
        <input
          type="checkbox"
          checked={sought.room}
          onChange={(event) => onChange({ ...sought, room: event.currentTarget.checked })}
        />
        {t('hosts.room')}
      </label>
      <p class="soft small" role="status">
        {found}
      </p>
    </search>
  );
}

export function Directory({ page }: { page: HostsPage }): VNode {
  const [sought, setSought] = useState<Sought>({ words: '', country: '', room: false });
  const hosts = page.hosts.filter((host) => isHost(sought, host));
  const services = page.services.filter((service) => isService(sought, service));
  const countries = [...new Set([...page.hosts, ...page.services].map(({ country }) => country))];
  const found = hosts.length + services.length;
  const { compare } = new Intl.Collator(language.value);
  return (
    <>
      <Search
        sought={sought}
        countries={countries}
        found={found === 0 ? t('hosts.none') : plural('hosts.found', found)}
        onChange={setSought}
      />
      {hosts.length > 0 && (
        <section aria-labelledby="sealed" class="stack">
          <h2 id="sealed">{t('hosts.sealed')}</h2>
          <p class="soft">{t('hosts.sealed.text')}</p>
          <HostsMap hosts={hosts} />
          <ul class="hosts">
            {hosts
              .sort((one, other) => compare(one.name, other.name))
              .map((host) => (
                <HostLine key={host.id} host={host} />
              ))}
          </ul>
        </section>
      )}
      {services.length > 0 && (
        <section aria-labelledby="others" class="stack">
          <h2 id="others">{t('hosts.others')}</h2>
          <p class="note note-warn">
            <Icon name="warning" />
            <span>{t('hosts.others.text')}</span>
          </p>
          <ul class="hosts">
            {services.map((service) => (
              <ServiceLine key={service.url} service={service} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
