/** The portal does not answer: what this browser has kept of its signed directory, and how old that is. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { dateInWords, momentInWords } from '../i18n/dates.ts';
import { t } from '../i18n/index.ts';
import { type KeptHost, type KeptHosts, keptHosts } from '../network/kept-hosts.ts';
import { Icon } from '../ui/icons.tsx';
import { LoadBar, StandingPill } from './Lines.tsx';
import { addressOf, placeOf } from './words.ts';

/** "Of 12 March, 14:05 (2 hours ago)", in a sentence that says why. */
export function Age({ atMs }: { atMs: number }): VNode {
  return (
    <p class="note note-warn" role="status">
      <Icon name="offline" />
      <span>{t('hosts.asOf', { when: dateInWords(atMs), ago: momentInWords(atMs, Date.now()) })}</span>
    </p>
  );
}

function KeptLine({ host }: { host: KeptHost }): VNode {
  return (
    <li class="host" data-standing={host.standing}>
      <div class="host-who">
        <h3>
          <a href={host.url} rel="noreferrer">
            {addressOf(host.url)}
          </a>
        </h3>
        <p class="soft small">{[placeOf(host.country), host.software].filter(Boolean).join(' · ')}</p>
      </div>
      <div class="host-now">
        <StandingPill standing={host.standing} isService={host.isForeign} />
        {host.share !== undefined && <LoadBar load={Math.round(100 * host.share)} />}
      </div>
    </li>
  );
}

/** `id`: only this host. `nothing`: shown when nothing is kept. */
export function Kept({ id, nothing }: { id?: string; nothing: VNode }): VNode | null {
  const [kept, setKept] = useState<KeptHosts | null>();
  useEffect(() => void keptHosts().then((found) => setKept(found ?? null)), []);
  if (kept === undefined) return null;
  const hosts = (kept?.hosts ?? []).filter((host) => id === undefined || id.startsWith(host.id));
  if (kept === null || hosts.length === 0) return nothing;
  const groups = [
    ['hosts.sealed', hosts.filter(({ isForeign }) => !isForeign)],
    ['hosts.others', hosts.filter(({ isForeign }) => isForeign)],
  ] as const;
  return (
    <>
      <Age atMs={kept.atMs} />
      {groups.map(
        ([name, listed]) =>
          listed.length > 0 && (
            <section key={name} class="stack" aria-label={t(name)}>
              <h2>{t(name)}</h2>
              <ul class="hosts">
                {listed.map((host) => (
                  <KeptLine key={host.id} host={host} />
                ))}
              </ul>
            </section>
          ),
      )}
    </>
  );
}
