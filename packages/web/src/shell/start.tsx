import '../ui/base.css';
import '../ui/controls.css';
import '../ui/layers.css';
import '../ui/pieces.css';
import './shell.css';
import { type ComponentType, render } from 'preact';
import { startLanguage } from '../i18n/index.ts';
import { loadHostFacts } from './host.ts';
import { watchForUpdates } from './updates.ts';

/** Opens a page: loads the words, draws `Root` into `#app`, then asks for the host's facts and tends the offline copy. */
export async function start(Root: ComponentType): Promise<void> {
  await startLanguage();
  const place = document.querySelector('#app');
  if (place === null) throw new Error('the page has no #app');
  render(<Root />, place);
  await Promise.all([loadHostFacts(), watchForUpdates()]);
}
