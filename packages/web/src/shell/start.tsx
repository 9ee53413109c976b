import '../ui/base.css';
import '../ui/controls.css';
import '../ui/layers.css';
import '../ui/pieces.css';
import './shell.css';
import { type ComponentType, render } from 'preact';
import { startLanguage } from '../i18n/index.ts';
import { hostFacts, loadHostFacts } from './host.ts';
import { keepPage, watchForUpdates } from './updates.ts';

/** Opens a page: loads the words, draws `Root` into `#app`, then asks for the host's facts and tends the offline copy. */
export async function start(Root: ComponentType): Promise<void> {
  await startLanguage();
  const place = document.querySelector('#app');
  if (place === null) throw new Error('the page has no #app');
  render(<Root />, place);
  await Promise.all([loadHostFacts().then(tendDirectory), watchForUpdates()]);
}

/** For the day when this host does not answer. */
async function tendDirectory(): Promise<void> {
  if (hostFacts.value.portal !== true) return;
  const { refreshDirectory } = await import('../network/refresh.ts');
  keepPage('/hosts');
  await refreshDirectory();
}
