/** What a portal knows of hosts, for the pages: `GET /hosts.json`. */
import type { HostPage, HostsPage, HostView } from '@archipel/directory/portal';

export type { HostPage, HostState, HostsPage, HostView, Series, SoftwareView } from '@archipel/directory/portal';

/** Undefined: no answer, or not the one of a portal. */
export function loadHosts(request: typeof fetch = fetch): Promise<HostsPage | undefined> {
  return ask<HostsPage>(
    '/hosts.json',
    request,
    ({ hosts, services }) => Array.isArray(hosts) && Array.isArray(services),
  );
}

/** `id`: 40 hexadecimal digits. */
export function loadHost(id: string, request: typeof fetch = fetch): Promise<HostPage | undefined> {
  return ask<HostPage>(`/hosts/${id}.json`, request, ({ host, hours }) => host !== undefined && hours !== undefined);
}

/** It comes from the origin that this page itself came from, so only its kind is looked at. */
async function ask<Answer>(path: string, request: typeof fetch, isOne: (answer: Answer) => boolean) {
  try {
    const response = await request(path, { headers: { accept: 'application/json' } });
    if (!response.ok) return undefined;
    const answer = (await response.json()) as Answer;
    return isOne(answer) ? answer : undefined;
  } catch {
    return undefined; // Offline, or another page in its place.
  }
}

export const hasRoom = ({ state, waiting }: HostView): boolean => state === 'room' && !waiting;
