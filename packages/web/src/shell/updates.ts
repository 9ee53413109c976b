/** The page's side of the service worker (src/sw): keeps this page for offline use, announces a new version. */
import { t } from '../i18n/index.ts';
import type { WorkerMessage } from '../sw/plan.ts';
import { showToast } from '../ui/toasts.ts';

const tell = (worker: ServiceWorker, message: WorkerMessage): void => worker.postMessage(message);

/** The hashed address of this page's script: it changes whenever anything the page loads changes. */
function ownScript(): string {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return script === null ? '' : new URL(script.src).pathname;
}

/** Asks a waiting worker whether it brings anything that this page does not have already (pages come network first). */
function isNews(worker: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data !== true);
    worker.postMessage({ kind: 'is-current', script: ownScript() } satisfies WorkerMessage, [port2]);
  });
}

async function announceUpdate(waiting: ServiceWorker): Promise<void> {
  if (!(await isNews(waiting))) {
    tell(waiting, { kind: 'take-over' });
    return;
  }
  const run = (): void => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    tell(waiting, { kind: 'take-over' });
  };
  showToast(t('shell.newVersion'), { text: t('shell.reload'), run });
}

function watch(registration: ServiceWorkerRegistration): void {
  if (registration.waiting !== null && navigator.serviceWorker.controller) void announceUpdate(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      // Without a controller it is the first install, not an update.
      if (installing.state === 'installed' && navigator.serviceWorker.controller) void announceUpdate(installing);
    });
  });
}

/** Registers the worker (where the browser has them: https or localhost) and has it keep this page for offline use. */
export async function watchForUpdates(): Promise<void> {
  // A lazy part of a page that the host has replaced meanwhile cannot be loaded any more: only a reload helps.
  addEventListener('vite:preloadError', (event) => {
    event.preventDefault();
    showToast(t('shell.newVersion'), { text: t('shell.reload'), run: () => location.reload() });
  });
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' });
  } catch {
    return; // Refused (private window, storage blocked) or offline: the page works, without a copy for offline use.
  }
  watch(registration);
  keepPage(location.pathname);
}

/** Has the worker keep a page for offline use, once there is one. */
export function keepPage(path: string): void {
  if (!('serviceWorker' in navigator)) return;
  void navigator.serviceWorker.ready.then(({ active }) => {
    if (active !== null) tell(active, { kind: 'keep', path });
  });
}
