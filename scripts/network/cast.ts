/** The hosts that `npm run network` starts: invented, of different sizes and in different places. */

export interface Character {
  name: string;
  operator: string;
  country: string;
  /** People at once. */
  people: number;
  /** What it takes, in the words of who runs it. */
  capacity: string;
  languages: string[];
  position: { latitude: number; longitude: number };
}

type Line = [name: string, operator: string, country: string, people: number, latitude: number, longitude: number];

const PORTAL: Line = ['Archipel', 'Les Passeurs', 'FR', 20, 48.86, 2.35];

const HOSTS: readonly Line[] = [
  ['Les Îlots', 'Association Les Îlots', 'FR', 200, 47.22, -1.55],
  ['Pads du Port', 'Association du Port', 'FR', 30, 43.3, 5.37],
  ['Inselgarten', 'Inselgarten e. V.', 'DE', 100, 53.55, 9.99],
  ['La Petite Cale', 'École de la Petite Cale', 'BE', 8, 50.63, 5.57],
  ['Nuvola', 'Circolo Nuvola', 'IT', 60, 44.49, 11.34],
  ['Le Chalet', 'Coopérative du Chalet', 'CH', 40, 46.52, 6.63],
  ['Arquipélago Livre', 'Associação Livre', 'PT', 50, 38.72, -9.14],
  ['La Orilla', 'Asociación La Orilla', 'ES', 80, 41.39, 2.17],
  ['De Werf', 'Vereniging De Werf', 'NL', 150, 52.09, 5.12],
  ['Skärgård', 'Föreningen Skärgård', 'SE', 60, 59.33, 18.07],
  ['Brise de Mer', 'Café Brise de Mer', 'FR', 12, 48.39, -4.49],
  ['Le Refuge', 'MJC du Refuge', 'FR', 25, 45.19, 5.72],
  ['Wolkenwerk', 'Wolkenwerk Genossenschaft', 'AT', 70, 48.21, 16.37],
  ['Ostrov', 'Spolek Ostrov', 'CZ', 40, 50.08, 14.44],
  ['Wyspa', 'Fundacja Wyspa', 'PL', 90, 52.23, 21.01],
  ["L'Atelier du Canal", 'Atelier du Canal', 'FR', 15, 43.6, 1.44],
  ['Radio Quai', 'Radio Quai', 'BE', 20, 50.85, 4.35],
  ['The Boathouse', 'Boathouse Collective', 'IE', 30, 53.35, -6.26],
  ['Nisi', 'Nisi Cooperative', 'GR', 45, 37.98, 23.73],
  ['Les Amarres', 'Bibliothèque des Amarres', 'FR', 35, 50.63, 3.06],
];

/** What is mainly spoken there. */
const LANGUAGES: Readonly<Record<string, string>> = {
  AT: 'de',
  BE: 'fr',
  CH: 'fr',
  CZ: 'cs',
  GR: 'el',
  IE: 'en',
  SE: 'sv',
};

function characterOf([name, operator, country, people, latitude, longitude]: Line): Character {
  const language = LANGUAGES[country] ?? country.toLowerCase();
  const languages = [...new Set([language, 'en'])];
  // As many new documents a day as three times the people, in words of its own.
  const capacity = language === 'fr' ? `${3 * people} nouveaux pads par jour` : `${3 * people} new pads a day`;
  return { name, operator, country, people, capacity, languages, position: { latitude, longitude } };
}

/** The portal first. */
export function castOf(hosts: number): Character[] {
  return [PORTAL, ...HOSTS.slice(0, hosts)].map(characterOf);
}
