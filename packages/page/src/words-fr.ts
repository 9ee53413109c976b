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
  table: 'Tableau, peut-être plus large que l’écran',
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
  reportForm: {
    title: 'Signaler cette page',
    about:
      'Y a-t-il ici quelque chose qui ne devrait pas y être ? Votre signalement va aux gens de cet hébergeur, pas à la personne qui a publié la page.',
    category: 'De quoi s’agit-il ?',
    words: 'Avec vos mots (peut rester vide)',
    contact: 'Comment vous joindre (peut rester vide)',
    contactHint:
      'Une adresse électronique, par exemple. Sans elle, personne ne peut vous répondre. Elle est oubliée quand le signalement est clos.',
    send: 'Envoyer le signalement',
    back: 'Revenir à la page',
  },
  thanks: { title: 'Merci', text: 'Les gens de cet hébergeur ont votre signalement.' },
  notTaken: {
    title: 'Le signalement n’a pas été pris',
    text: 'Beaucoup de signalements sont partis de votre réseau, ou cet hébergeur n’a plus de place. Réessayez dans une heure, ou écrivez à ses responsables.',
  },
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
