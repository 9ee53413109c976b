/** On how many hosts a drop is (COPY-7). */
import type { Result } from '@archipel/protocol';
import { fail, ok } from '@archipel/protocol';
import type { DropLine } from './lines.ts';

export interface DropCopies {
  /** Hosts on whose disk all of it is. */
  copies: number;
  /** Origins of the others that have it, or are getting it. */
  hosts: string[];
}

function copiesIn({ headers }: Response): DropCopies {
  const copies = Number(headers.get('archipel-copies') ?? 1);
  const hosts = (headers.get('archipel-hosts') ?? '').split(' ').filter((host) => host !== '');
  return { copies: Number.isSafeInteger(copies) ? copies : 1, hosts };
}

/** Errors: those of the relay, `host_unreachable`. */
export async function dropCopies(line: DropLine, signal?: AbortSignal): Promise<Result<DropCopies>> {
  const answer = await line.ask({ method: 'HEAD', path: `/${line.id}`, role: 'own', signal });
  return answer.ok ? ok(copiesIn(answer.value)) : fail(answer.error);
}
