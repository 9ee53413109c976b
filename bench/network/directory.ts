/** A signed directory as large as there may be, of hosts as different as those of a network. */
import {
  type Bytes,
  compare,
  DIRECTORY,
  type HostProfile,
  type ListedHost,
  shareCode,
  signFact,
  weightCode,
} from '@archipel/protocol';
import { webSuite } from '@archipel/protocol/secret';
import { seededRandom } from '@archipel/testkit';

export const SERVICE = 'docs';
export const COUNTRIES = ['FR', 'BE', 'CH', 'DE', 'IT', 'ES', 'PT', 'NL'] as const;
const ID_BYTES = 8;
const SEED_BYTES = 32;
const VALID_SECONDS = 7 * 24 * 60 * 60;
const WORDS = [
  'pad',
  'notes',
  'ecrire',
  'libre',
  'asso',
  'commun',
  'garten',
  'insel',
  'mare',
  'porto',
  'quai',
  'phare',
];
const ENDINGS = ['org', 'fr', 'net', 'de', 'eu', 'be', 'it'];
const PROFILES: HostProfile[] = [['fr'], ['fr', 'en'], ['de', 'en'], ['en'], ['it']].flatMap((languages) =>
  [['everyone'], []].map((welcome) => ({ languages: [...languages].sort(), welcome, softwareVersion: '' })),
);

type Random = ReturnType<typeof seededRandom>;

/** A weight between 20 and 2,000, and a load of up to 70 %, reported in the last minute. */
function hostOf(index: number, random: Random): ListedHost {
  const units = Math.round(20 * 100 ** ((index % 997) / 997));
  const name = `${random.pick(WORDS)}-${random.pick(WORDS)}${index}`;
  return {
    id: crypto.getRandomValues(new Uint8Array(ID_BYTES)),
    url: `https://${name}.example.${random.pick(ENDINGS)}`,
    country: random.pick(COUNTRIES),
    vouched: random.next() < 0.3,
    newcomer: false,
    foreign: false,
    age: random.below(6),
    profile: random.pick(PROFILES),
    services: [{ service: SERVICE, weight: weightCode(units), share: shareCode(0.7 * random.next()) }],
  };
}

export async function signedDirectory(hosts: number, seed: number): Promise<Bytes> {
  const random = seededRandom(seed);
  const issued = Math.floor(Date.now() / 1000);
  const listed = Array.from({ length: hosts }, (_, index) => hostOf(index, random));
  const signer = await webSuite.signer(crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
  const directory = {
    portal: 'Bench',
    issued,
    expires: issued + VALID_SECONDS,
    hosts: listed.sort((one, other) => compare(one.id, other.id)),
  };
  return signFact(DIRECTORY, directory, signer);
}
