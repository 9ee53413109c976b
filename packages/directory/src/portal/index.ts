/** The portal's server side, for whoever serves HTTP (the relay's process). Node only. */
export type { Series } from './history.ts';
export type { HostPage, HostState, HostsPage, HostView, ServiceView, SoftwareView } from './page.ts';
export { Portal, type PortalAnswer } from './portal.ts';
export type { ListedSoftware, OwnHost, PortalNote, PortalPorts, PortalSettings } from './ports.ts';
export { type Asking, fetchedOf, type HostFailure, WatchedHost } from './watched-host.ts';
