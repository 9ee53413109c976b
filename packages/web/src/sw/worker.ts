/** The service worker: network first for pages, kept copies for assets, nothing else touched (see plan.ts). */
import {
  ASSET_CACHE,
  hasScript,
  pageCache,
  pagesToKeep,
  type SwManifest,
  staleAssets,
  stalePageCaches,
  treatmentOf,
  type WorkerMessage,
} from './plan.ts';
import { serveFile } from './serve.ts';

declare const self: ServiceWorkerGlobalScope;
/** Written into this file by build/finish.ts. */
declare const __SW_MANIFEST__: SwManifest;

const manifest = __SW_MANIFEST__;

/** Keeps the assets that are not kept yet. Their names have their hash, so what is there is right. */
async function keepAssets(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(ASSET_CACHE);
  const missing: string[] = [];
  for (const path of paths) {
    if ((await cache.match(path)) === undefined) missing.push(path);
  }
  await cache.addAll(missing);
}

/** Keeps a page: its assets first, so that a kept page is always whole. */
async function keepPage(path: string): Promise<void> {
  const page = manifest.pages[path];
  const cache = await caches.open(pageCache(manifest));
  if (page === undefined || (await cache.match(path)) !== undefined) return;
  await keepAssets(page.assets);
  const answer = await fetch(path, { cache: 'no-cache' });
  if (answer.ok) await cache.put(path, answer);
}

async function keptPages(): Promise<string[]> {
  const kept: string[] = [];
  for (const name of stalePageCaches(await caches.keys(), manifest)) {
    const requests = await (await caches.open(name)).keys();
    kept.push(...requests.map((request) => new URL(request.url).pathname));
  }
  return kept;
}

async function install(): Promise<void> {
  await (await caches.open(pageCache(manifest))).addAll(manifest.common);
  for (const path of pagesToKeep(await keptPages(), manifest)) await keepPage(path);
}

async function activate(): Promise<void> {
  for (const name of stalePageCaches(await caches.keys(), manifest)) await caches.delete(name);
  const cache = await caches.open(ASSET_CACHE);
  const kept = (await cache.keys()).map((request) => new URL(request.url).pathname);
  for (const path of staleAssets(kept, manifest)) await cache.delete(path);
  await self.clients.claim();
}

async function networkFirst(request: Request, path: string): Promise<Response> {
  const network = fetch(request);
  try {
    return await network;
  } catch (error) {
    const kept = await (await caches.open(pageCache(manifest))).match(path);
    if (kept !== undefined) return kept;
    throw error; // Never kept: the browser's own "offline" page is the honest answer.
  }
}

async function keptFirst(request: Request): Promise<Response> {
  const cache = await caches.open(ASSET_CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function served(request: Request): Promise<Response> {
  return serveFile(request, await self.clients.matchAll({ type: 'window', includeUncontrolled: true }));
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const treatment = treatmentOf(request, self.location.origin, manifest);
  if (treatment.kind === 'page') event.respondWith(networkFirst(request, treatment.path));
  else if (treatment.kind === 'common') event.respondWith(networkFirst(request, new URL(request.url).pathname));
  else if (treatment.kind === 'asset') event.respondWith(keptFirst(request));
  else if (treatment.kind === 'served') event.respondWith(served(request));
});

self.addEventListener('message', (event) => {
  const message: WorkerMessage = event.data;
  if (message.kind === 'take-over') event.waitUntil(self.skipWaiting());
  else if (message.kind === 'keep') event.waitUntil(keepPage(message.path));
  else if (message.kind === 'is-current') event.ports[0]?.postMessage(hasScript(message.script, manifest));
});
