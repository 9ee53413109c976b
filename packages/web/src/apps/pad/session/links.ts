import { type Document, hintOfOrigin } from '@archipel/client';

const HINTS_MAX = 3;

/** The fragments of its links; they name its hosts when the host of this page is none of them, so that who gets one finds it. */
export function linksOf(document: Document): ReturnType<Document['links']> {
  const origins = document.relays.map(({ url }) => url);
  if (origins.includes(location.origin)) return document.links();
  return document.links(origins.slice(0, HINTS_MAX).map(hintOfOrigin));
}
