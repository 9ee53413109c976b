/** What can be wrong with a file of ChatonsInfos: one table of codes. Sentences are in the locales; each names the line. */

export type Severity =
  /** Something is lost or not understood. */
  | 'error'
  /** Read all the same. */
  | 'note';

export const FILE_PROBLEMS = {
  file_too_long: 'error',
  too_many_lines: 'error',
  line_too_long: 'error',
  no_separator: 'error',
  empty_key: 'error',
  duplicate_key: 'note',
  bad_escape: 'note',
  unclosed_quote: 'note',
  not_utf8: 'note',
  missing: 'error',
  unknown_class: 'error',
  bad_url: 'error',
  bad_email: 'error',
  bad_date: 'error',
  bad_number: 'error',
  bad_country: 'error',
  bad_choice: 'note',
} as const satisfies Record<string, Severity>;

export type FileProblemCode = keyof typeof FILE_PROBLEMS;

export interface FileProblem {
  code: FileProblemCode;
  severity: Severity;
  /** From 1; 0: the file as a whole. */
  line: number;
  key: string | undefined;
}

export function fileProblem(code: FileProblemCode, line: number, key?: string): FileProblem {
  return { code, severity: FILE_PROBLEMS[code], line, key };
}
