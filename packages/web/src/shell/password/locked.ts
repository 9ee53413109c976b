/** Whether an address has a link that needs a password; light, for lists of links that were checked before. */
export function isLockedAddress(address: string): boolean {
  return new URL(address).hash.startsWith('#2');
}
