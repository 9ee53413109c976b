/**
 * What the service worker does with an address: decided here, without a worker, so that it can be tested. Only our own
 * static files are ever kept. A page is kept with everything it needs from the first time it is opened, so a visitor of the
 * portal does not download the twelve tools.
 */

import { SERVED_PATH } from './served.ts';

export interface SwManifest {
  /** Changes with any file. */
  version: string;
  /** Page address (`/pad`) to its HTML file and to the assets it needs, lazy parts included. */
  pages: Record<string, { file: string; assets: string[] }>;
  /** Small files at fixed addresses that every page uses (theme, icons). */
  common: string[];
}

export type WorkerMessage =
  | { kind: 'keep'; path: string }
  | { kind: 'take-over' }
  /** A page serves a file: the worker is not stopped meanwhile. */
  | { kind: 'stay' }
  /** Answered true on the port when this worker's version has that script. */
  | { kind: 'is-current'; script: string };

export const ASSET_CACHE = 'archipel-assets';
const PAGE_CACHE_PREFIX = 'archipel-pages-';

/** Pages kept from the first visit of any page on. */
const FIRST_PAGES = ['/', '/documents'];

export const pageCache = (manifest: SwManifest): string => PAGE_CACHE_PREFIX + manifest.version;

/** The page at an address, as the relay's process serves it: `/pad`, also written `/pad/` or `/pad.html`. */
export function pageAt(pathname: string, manifest: SwManifest): string | null {
  const path = pathname.replace(/(\.html|\/)$/, '') || '/';
  if (path === '/index') return '/';
  return Object.hasOwn(manifest.pages, path) ? path : null;
}

/**
 * - `page`: network first, then the kept copy of `path`
 * - `asset`: its name has the hash of its content, so the kept copy first, for ever
 * - `common`: network first, then the kept copy
 * - `served`: a file that an open page has (served.ts)
 * - `pass`: not ours to touch (the relay's answers, other origins, anything that is not a GET)
 */
export type Treatment =
  | { kind: 'page'; path: string }
  | { kind: 'asset' }
  | { kind: 'common' }
  | { kind: 'served' }
  | { kind: 'pass' };

export function treatmentOf(
  request: { method: string; url: string; mode: string },
  origin: string,
  manifest: SwManifest,
): Treatment {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== origin) return { kind: 'pass' };
  if (url.pathname.startsWith(SERVED_PATH)) return { kind: 'served' };
  const path = pageAt(url.pathname, manifest);
  if (request.mode === 'navigate') return path === null ? { kind: 'pass' } : { kind: 'page', path };
  if (url.pathname.startsWith('/assets/')) return { kind: 'asset' };
  return { kind: manifest.common.includes(url.pathname) ? 'common' : 'pass' };
}

/** The pages a new version has to keep: the first ones, and those that an older version kept already. */
export function pagesToKeep(kept: readonly string[], manifest: SwManifest): string[] {
  return [...new Set([...FIRST_PAGES, ...kept])].filter((path) => Object.hasOwn(manifest.pages, path));
}

/** Kept assets that no page of this version uses. */
export function staleAssets(kept: readonly string[], manifest: SwManifest): string[] {
  const used = new Set(Object.values(manifest.pages).flatMap((page) => page.assets));
  // Fonts of rarer alphabets are kept when first used and belong to no page.
  return kept.filter((path) => !used.has(path) && !path.endsWith('.woff2'));
}

/** Caches of older versions. */
export const stalePageCaches = (names: readonly string[], manifest: SwManifest): string[] =>
  names.filter((name) => name.startsWith(PAGE_CACHE_PREFIX) && name !== pageCache(manifest));

export const hasScript = (script: string, manifest: SwManifest): boolean =>
  Object.values(manifest.pages).some((page) => page.assets.includes(script));
