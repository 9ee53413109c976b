import { signal } from '@preact/signals';

/** The file of Etherpad that the dialog is about. */
export const chosenFile = signal<File | undefined>(undefined);
