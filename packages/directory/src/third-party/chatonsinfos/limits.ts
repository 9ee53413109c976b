/** Limits of a file of ChatonsInfos; a whole year of figures for each day is 4 kB a line. */
const KIB = 1024;

export const FILE_LIMITS = {
  fileMaxBytes: 256 * KIB,
  lineMaxChars: 16 * KIB,
  keyMaxChars: 200,
  linesMax: 8192,
  problemsMax: 100,
} as const;
