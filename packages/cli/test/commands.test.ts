import { expect, it } from 'vitest';
import { run } from '../src/commands.ts';
import { testTerminal } from './support/terminal.ts';

async function said(...args: string[]): Promise<{ code: number; said: string; complained: string }> {
  const terminal = testTerminal();
  const code = await run(args, terminal);
  return { code, said: terminal.said.join('\n'), complained: terminal.complained.join('\n') };
}

it.each([['--help'], ['-h'], ['help']])('%s says which commands there are', async (arg) => {
  expect(await said(arg)).toEqual({ code: 0, said: expect.stringMatching(/^ {2}migrate {4}move/m), complained: '' });
});

it('says so when there is no command, or none of that name', async () => {
  expect(await said()).toMatchObject({ code: 2, complained: expect.stringContaining('migrate') });
  expect(await said('toString')).toMatchObject({
    code: 2,
    complained: expect.stringMatching(/^There is no command toString/),
  });
});

it('a command says what its arguments mean', async () => {
  const { code, said: help } = await said('migrate', '--help');
  expect({ code, help }).toEqual({
    code: 0,
    help: expect.stringMatching(/--to WHERE[\s\S]*--bus WHERE[\s\S]*--dry-run/),
  });
});

it.each([
  [['migrate'], /^Say where the documents go/],
  [['migrate', '--from', 'x'], /^Unknown option '--from'\./],
  [['migrate', '--to'], /^Option '--to <value>' argument missing\./],
  [['migrate', '--to', 'sqlite:', 'more'], /^Unexpected argument 'more'\./],
])('%j is wrong use, and told so with the right one', async (args, sentence) => {
  expect(await said(...args)).toMatchObject({ code: 2, complained: expect.stringMatching(sentence) });
});

it.each([
  [['--to', 'mysql://a:s3cret@b/c'], /^That is not where documents can go: an address begins with postgres/],
  [['--to', 's3cret'], /^That is not where documents can go: it is no address/],
  [['--to', 'postgres://a:s3cret@b/c', '--bus', 'http://u:s3cret@b'], /^The setting bus is not right/],
  [['--to', 'sqlite:', '--bus', 'nats://u:s3cret@b'], /leave out --bus/],
])('%j is refused before anything is begun, and no password is repeated', async (args, sentence) => {
  const { code, complained } = await said('migrate', ...args);
  expect({ code, complained }).toEqual({ code: 1, complained: expect.stringMatching(sentence) });
  expect(complained).not.toContain('s3cret');
});
