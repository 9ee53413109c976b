import type { Document } from '@archipel/client';
import type { OwnerAnswer } from '../model/document.ts';

/** How the owner's wish ended, in the words of the view. */
export function ownerAnswer(result: Awaited<ReturnType<Document['delete']>>): OwnerAnswer {
  if (result.ok) return 'done';
  if (result.error === 'expiry_too_long') return 'too_long';
  if (result.error === 'too_large') return 'too_large';
  return result.error === 'unavailable' ? 'offline' : 'refused';
}
