import type { ErrorName } from '@archipel/protocol';
import { linkFor, printLink } from '@archipel/protocol/secret';
import { type Scenario, toJson } from '../scenario.ts';
import type { World } from '../world.ts';

export async function linkScenarios({ keys, other }: World): Promise<Scenario[]> {
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
    bad('newer-version', 'Version 2.', `2${view.slice(1)}`, 'unsupported_version'),
    bad('unknown-capability', 'No capability x.', `1x${view.slice(2)}`, 'link_broken'),
    bad('capability-of-later', 'Capability f is kept free for the inbox.', `1f${view.slice(2)}`, 'link_broken'),
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
