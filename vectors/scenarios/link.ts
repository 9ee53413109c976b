import type { ErrorName } from '@archipel/protocol';
import { linkFor, lockLink, printLink, stretch } from '@archipel/protocol/secret';
import { flip, type Scenario, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

export async function linkScenarios(world: World): Promise<Scenario[]> {
  const { keys, other } = world;
  const own = printLink(linkFor(keys, 'own'));
  const view = printLink(linkFor(keys, 'view'));
  const hinted = linkFor(keys, 'edit', ['relay.example.org', 'localhost:4280']);
  const good = (name: string, description: string, link: ReturnType<typeof linkFor>): Scenario => ({
    name: `link/${name}`,
    rules: ['LINK-1', 'LINK-3'],
    description,
    operation: 'parseLink',
    input: { link: printLink(link) },
    expect: { value: toJson(link) },
  });
  const bad = (name: string, description: string, link: string, error: ErrorName, rule = 'LINK-1'): Scenario => ({
    name: `link/${name}`,
    rules: [rule],
    description,
    operation: 'parseLink',
    input: { link },
    expect: { error },
  });
  const mixed = { ...linkFor(other, 'own'), docId: keys.docId };
  return [
    good('own', 'A link to own, without hints.', linkFor(keys, 'own')),
    good('view', 'A link to read, without hints.', linkFor(keys, 'view')),
    good('edit-with-hints', 'A link to write with two relays, one with a port.', hinted),
    bad('empty', 'Nothing after the #.', '', 'link_incomplete'),
    bad('cut-in-secret', 'The last character was lost on the way.', view.slice(0, -1), 'link_incomplete'),
    bad('cut-in-docid', 'Only half of the docId is there.', view.slice(0, 15), 'link_incomplete'),
    bad('cut-before-hints', 'The link ends with the dot before the hints.', `${view}.`, 'link_incomplete'),
    bad('newer-version', 'A form of link that is not known.', `3${view.slice(1)}`, 'unsupported_version'),
    bad('unknown-capability', 'No capability x.', `1x${view.slice(2)}`, 'link_broken'),
    good('fill', 'A link to fill an inbox.', { ...linkFor(keys, 'view'), cap: 'fill' }),
    bad('with-hash', 'The # belongs to the address, not to the fragment.', `#${view}`, 'link_broken'),
    bad('secret-too-long', 'A character more than a secret has.', `${view}A`, 'link_broken'),
    bad(
      'docid-too-short-in-middle',
      'A character of the docId is missing.',
      view.slice(0, 3) + view.slice(4),
      'link_broken',
    ),
    bad('padding', 'Base64url has no padding.', `${view}=`, 'link_broken', 'ENC-3'),
    bad(
      'standard-base64',
      'A + of the other alphabet.',
      `${view.slice(0, -2)}+${view.slice(-1)}`,
      'link_broken',
      'ENC-3',
    ),
    bad(
      'unused-bits',
      'The last bits of the secret are not zero: another spelling of the same.',
      `${view.slice(0, -1)}B`,
      'link_broken',
      'ENC-3',
    ),
    bad('space-at-end', 'A space came along with the copy.', `${view} `, 'link_broken'),
    bad('hint-upper-case', 'Hosts are in lower case: one spelling.', `${view}.Relay.example`, 'link_broken', 'LINK-3'),
    bad('hint-path', 'A hint has no path.', `${view}.relay.example/x`, 'link_broken', 'LINK-3'),
    bad('hint-port-zero', 'Port 0 is none.', `${view}.relay.example:0`, 'link_broken', 'LINK-3'),
    bad('hint-port-leading-zero', 'Another spelling of port 80.', `${view}.relay.example:080`, 'link_broken', 'LINK-3'),
    bad('hints-four', 'More than three hints.', `${view}.a,b,c,d`, 'link_broken', 'LINK-3'),
    bad('hints-empty-one', 'A hint between two commas is missing.', `${view}.a,,b`, 'link_broken', 'LINK-3'),
    {
      name: 'link/owner-of-another-document',
      rules: ['LINK-2'],
      description: "An owner's secret beside the docId of another document.",
      operation: 'deriveKeys',
      input: { link: printLink(mixed) },
      expect: { error: 'link_broken' },
    },
    ...(await passwordScenarios(world)),
    {
      name: 'link/base64url-lone-character',
      rules: ['ENC-3'],
      description: 'One character holds no whole byte.',
      operation: 'decodeBase64url',
      input: { text: own.slice(-1) },
      expect: { error: 'bad_message' },
    },
  ];
}

const PASSWORD = 'été à la plage 7';

/** Links under a password (LINK-5 to LINK-7). */
async function passwordScenarios({ suite, keys, other }: World): Promise<Scenario[]> {
  const link = linkFor(keys, 'view', ['relay.example.org']);
  const locked = await lockLink(suite, link, PASSWORD, stretch);
  const plain = { ...locked, hints: [] };
  const text = printLink(plain);
  const scenario = (
    name: string,
    description: string,
    input: { link: string; password?: string },
    expect: Scenario['expect'],
    ...rules: string[]
  ): Scenario => ({
    name: `link/password-${name}`,
    rules,
    description,
    operation: input.password === undefined ? 'parseLink' : 'unlockLink',
    input,
    expect,
  });
  const opened = { value: toJson(link) };
  const whole = printLink(locked);
  const wrong = { error: 'wrong_password' as const };
  return [
    scenario(
      'needed',
      'Without the password a link gives nothing.',
      { link: whole },
      { error: 'password_needed' },
      'LINK-5',
    ),
    scenario(
      'cut',
      'The last character was lost on the way.',
      { link: text.slice(0, -1) },
      { error: 'link_incomplete' },
      'LINK-5',
    ),
    scenario(
      'cut-short',
      'As much is left as a link without a password has.',
      { link: text.slice(0, -43) },
      { error: 'link_incomplete' },
      'LINK-5',
    ),
    scenario(
      'too-long',
      'A character more than a locked secret has.',
      { link: `${text}A` },
      { error: 'link_broken' },
      'LINK-5',
    ),
    scenario(
      'unused-bits',
      'The last bits are not zero: another spelling of the same.',
      { link: `${text.slice(0, -1)}B` },
      { error: 'link_broken' },
      'LINK-5',
      'ENC-3',
    ),
    scenario(
      'flag-missing',
      'A locked secret in a link that says it has no password.',
      { link: `1${text.slice(1)}` },
      { error: 'link_broken' },
      'LINK-5',
    ),
    scenario(
      'flag-alone',
      'A link says that it has a password, but its secret is that of one without.',
      { link: `2${printLink(linkFor(keys, 'view', ['a'])).slice(1)}` },
      { error: 'link_broken' },
      'LINK-5',
    ),
    scenario(
      'capability-unknown',
      'No capability x under a password either.',
      { link: `2x${text.slice(2)}` },
      { error: 'link_broken' },
      'LINK-5',
    ),
    scenario(
      'opened',
      'The password opens the link; hints stay.',
      { link: whole, password: PASSWORD },
      opened,
      'LINK-5',
      'LINK-6',
    ),
    scenario(
      'opened-other-spelling',
      'Accents written as letters of their own, and space from copying at both ends.',
      { link: whole, password: ` ${PASSWORD.normalize('NFD')}\n` },
      opened,
      'LINK-6',
    ),
    scenario('wrong', 'Another password.', { link: whole, password: `${PASSWORD}7` }, wrong, 'LINK-7'),
    scenario(
      'capital',
      'Small and capital letters are not the same.',
      { link: whole, password: PASSWORD.toUpperCase() },
      wrong,
      'LINK-7',
    ),
    scenario('empty', 'Nothing but space.', { link: whole, password: ' \t' }, wrong, 'LINK-6'),
    scenario('oversize', 'More than 1,024 bytes.', { link: whole, password: 'a'.repeat(1025) }, wrong, 'LINK-6'),
    scenario(
      'tampered-salt',
      'A bit of the salt was changed.',
      { link: printLink({ ...locked, locked: flip(locked.locked, 0) }), password: PASSWORD },
      wrong,
      'LINK-7',
    ),
    scenario(
      'tampered-secret',
      'A bit of the sealed secret was changed.',
      { link: printLink({ ...locked, locked: flip(locked.locked, 16) }), password: PASSWORD },
      wrong,
      'LINK-7',
    ),
    scenario(
      'tampered-tag',
      'A bit of the tag was changed.',
      { link: printLink({ ...locked, locked: flip(locked.locked, -1) }), password: PASSWORD },
      wrong,
      'LINK-7',
    ),
    scenario(
      'other-capability',
      'A link to read does not become one to write.',
      { link: printLink({ ...locked, cap: 'edit' }), password: PASSWORD },
      wrong,
      'LINK-6',
    ),
    scenario(
      'other-document',
      'A locked secret beside the docId of another document.',
      { link: printLink({ ...locked, docId: other.docId }), password: PASSWORD },
      wrong,
      'LINK-6',
    ),
  ];
}
