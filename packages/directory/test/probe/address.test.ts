import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostKey, isLoopbackAddress, isPublicAddress } from '../../src/probe/address.ts';

const PUBLIC = [
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2a01:e0a::1',
  '2606:4700:4700::1111',
];

const REFUSED = {
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
  'link-local': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  'unique local': ['fc00::1', 'fd12:3456:789a::1'],
  'IPv4-mapped': ['::ffff:1.1.1.1', '::ffff:101:101', '::ffff:127.0.0.1', '::ffff:0:1.1.1.1', '::1.1.1.1'],
  NAT64: ['64:ff9b::1.1.1.1', '64:ff9b::a00:1', '64:ff9b:1::1'],
  'tunnels with an IPv4 address inside': ['2002:7f00:1::', '2001::1', '2001:0:5ef5:79fd::1'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  'nobody at all': [
    '0.0.0.0',
    '0.1.2.3',
    '240.0.0.1',
    '255.255.255.255',
    '192.0.0.1',
    '198.18.0.1',
    '::',
    '100::1',
    '4000::1',
  ],
  'no address': ['', 'localhost', 'example.org', '1.2.3', '0x7f.1', '2130706433', '1.1.1.1 ', '[::1]', '1.1.1.1%1'],
};

describe('an address that may be probed', () => {
  it.each(PUBLIC)('%s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
    expect(isLoopbackAddress(address)).toBe(false);
  });
});

describe.each(Object.entries(REFUSED))('an address that may not, %s', (_kind, addresses) => {
  it.each(addresses)('%j', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('loopback', () => {
  it('is not hidden in another address', () => {
    const addresses = [
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '0:0::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::127.0.0.1',
      '::2',
      'fe80::1',
    ];
    expect(addresses.filter(isLoopbackAddress)).toEqual(['127.0.0.1', '127.9.9.9', '::1', '0:0::1']);
  });
});

describe('what counts as one host', () => {
  it('is an IPv4 address or the /64 of an IPv6 address, in any spelling', () => {
    expect(hostKey('192.0.2.1')).toBe('192.0.2.1');
    expect(hostKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
    expect(hostKey('2001:0db8::1')).toBe('2001:db8:0:0');
    expect(hostKey('::1')).toBe('0:0:0:0');
    expect(hostKey('2001:db8:1:2::')).toBe('2001:db8:1:2');
  });

  it('does not depend on the last 64 bits', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    const half = fc
      .tuple(group, group, group, group)
      .map((groups) => groups.map((each) => each.toString(16)).join(':'));
    fc.assert(
      fc.property(half, half, half, (prefix, one, other) => {
        expect(hostKey(`${prefix}:${one}`)).toBe(hostKey(`${prefix}:${other}`));
        expect(hostKey(`${prefix}:${one}`)).toBe(prefix);
      }),
    );
  });
});
