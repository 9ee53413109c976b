import type { Words } from './words.ts';

export const fr: Words = {
  authors: 'Par',
  updated: 'Mise à jour le',
  licence: 'Licence :',
  licences: {
    'rights-reserved': 'Tous droits réservés. Demandez à ses auteurs avant de la reprendre ailleurs.',
    cc0: 'Domaine public : chacun peut en faire ce qu’il veut.',
    'cc-by': 'Chacun peut la reprendre et la modifier, en nommant ses auteurs.',
    'cc-by-sa':
      'Chacun peut la reprendre et la modifier, en nommant ses auteurs et en la partageant aux mêmes conditions.',
    'licence-ouverte': 'Chacun peut la reprendre et la modifier, en disant d’où elle vient et de quand elle date.',
  },
  madeWith: 'Faite avec',
  report: 'Signaler cette page',
  people: 'Les gens de cet hébergeur :',
  rules: 'Règles de cet hébergeur',
  table: 'Tableau, peut-être plus large que l’écran',
  callouts: { note: 'Remarque', tip: 'Astuce', warning: 'Attention' },
  missing: {
    title: 'Il n’y a pas de page ici',
    text: 'L’adresse est peut-être incomplète, ou cet hébergeur ne l’a jamais eue.',
  },
  takenBack: {
    title: 'Cette page n’est plus publiée',
    text: 'La personne qui l’avait publiée l’a retirée.',
  },
  expired: {
    title: 'Cette page n’est plus publiée',
    text: 'Elle était publiée jusqu’à un jour qui est passé.',
  },
  removed: {
    title: 'Cet hébergeur a retiré cette page',
    text: 'Les gens de cet hébergeur ont décidé qu’elle ne devait pas être ici.',
  },
  hostSays: 'Leur raison :',
  categories: {
    minors: 'Abus sexuels sur mineurs',
    violence: 'Violences, menaces, ou appel à en commettre',
    harassment: 'Harcèlement ou haine',
    privacy: 'Vie privée de quelqu’un, contre son gré',
    fraud: 'Escroquerie : on veut des mots de passe, de l’argent ou des coordonnées bancaires',
    malware: 'Logiciel malveillant',
    copyright: 'Œuvre d’autrui, sans son accord',
    spam: 'Publicité que personne n’a demandée',
    other: 'Autre chose',
  },
};
