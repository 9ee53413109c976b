import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { contactAddress, hostFacts } from './host.ts';

const LICENCE_URL = 'https://www.gnu.org/licenses/agpl-3.0.html';

/** Who holds the documents, said plainly on every page; the source code and the licence (AGPL section 13). */
export function Footer(): VNode {
  const { name, operator, country, contact, source, portal } = hostFacts.value;
  const address = contactAddress(contact);
  return (
    <footer class="page-foot">
      <svg class="foot-waves" viewBox="0 0 1200 40" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <path class="foot-wave-back" d="M0 22C150 4 300 4 450 18S750 34 900 18s225-10 300 2v20H0z" />
        <path class="foot-wave-front" d="M0 30c120-14 280-14 420-2s280 10 420-2 240-12 360 2v12H0z" />
      </svg>
      <div class="foot-body">
        <p>
          <strong>{t('footer.hostedBy', { name })}</strong>
          {operator && <>, {t('footer.runBy', { operator })}</>}
          {country && ` (${country})`}
          {'. '}
          {t('footer.promise')}
        </p>
        <ul class="foot-links">
          {portal === true && (
            <li>
              <a href="/hosts">{t('shell.hosts')}</a>
            </li>
          )}
          {address && (
            <li>
              <a href={address}>{t('footer.contact')}</a>
            </li>
          )}
          {source?.startsWith('https://') && (
            <li>
              <a href={source}>{t('footer.source')}</a>
            </li>
          )}
          <li>
            <a href={LICENCE_URL} rel="license noreferrer">
              {t('footer.licence')}
            </a>
          </li>
        </ul>
      </div>
    </footer>
  );
}
