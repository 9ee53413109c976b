/** What a test measured, for who reads its output. */
export function figure(line: string): void {
  console.info(`FIGURE ${line}`);
}
