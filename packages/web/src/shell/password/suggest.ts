/** Letters and digits that nobody takes for another, aloud or on paper (docs/protocol.md FACT-4). */
const CHARACTERS = 'acdefhjkmnpqrtvwxy23456789';
const GROUPS = 4;
const GROUP_CHARACTERS = 4;

/** A password by chance that can be told by telephone: `7kqv-m3xa-…`, 75 bits. */
export function suggestPassword(): string {
  return Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_CHARACTERS }, () => CHARACTERS[byChance(CHARACTERS.length)]).join(''),
  ).join('-');
}

/** 0 to below - 1, each as likely: the bytes that would favour some are thrown away. */
function byChance(below: number): number {
  const most = 256 - (256 % below);
  for (;;) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < most) return byte % below;
  }
}
