/** For which names a proof may be made. */
import { isLoopback } from '../config.ts';

/** CON-2: the configured name that was dialled, or all of them; without any, the Host header is believed only when it means this machine. */
export function audiencesOf(names: readonly string[], dialled: string): readonly string[] {
  if (names.length === 0) return isLoopback(dialled) ? [dialled] : [];
  return names.includes(dialled) ? [dialled] : names;
}
