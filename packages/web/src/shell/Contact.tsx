import type { ComponentChild } from 'preact';
import { contactAddress } from './host.ts';

/** How to reach the people of a host, as they wrote it: a link where it is a mail or https address, else words. */
export function Contact({ contact }: { contact: string }): ComponentChild {
  const address = contactAddress(contact);
  return address === null ? contact : <a href={address}>{contact.replace(/^mailto:/, '')}</a>;
}
