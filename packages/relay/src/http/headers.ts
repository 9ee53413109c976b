/** Headers of every answer: nothing comes from elsewhere, nothing runs inline, nobody frames us, no address is passed on. */
import { isLoopbackOrigin } from '@archipel/protocol';
import type { ServerConfig } from '../config.ts';

/** Documents live on other hosts too, and which ones nobody knows beforehand. What is sent there is sealed. */
const OTHER_HOSTS = 'https: wss:';
/** Of a network on one machine. */
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1'].map((name) => `http://${name}:* ws://${name}:*`).join(' ');

const policy = (connections: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // Films of a drop, which the page's own worker gives piece by piece.
    "media-src 'self'",
    connections,
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const YEAR_SECONDS = 31_536_000;

export function securityHeaders({ https, network }: Pick<ServerConfig, 'https' | 'network'>): Record<string, string> {
  return {
    'content-security-policy': policy(connections(network?.url)),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(https ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}),
  };
}

/** A host that works with no other keeps its pages to itself. */
function connections(networkUrl: string | undefined): string {
  if (networkUrl === undefined) return "connect-src 'self'";
  const loopback = isLoopbackOrigin(networkUrl) ? ` ${LOOPBACK_HOSTS}` : '';
  return `connect-src 'self' ${OTHER_HOSTS}${loopback}`;
}
