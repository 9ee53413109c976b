import { CLIENT_ERRORS, ERRORS } from '@archipel/protocol';
import { describe, expect, it } from 'vitest';
import english from '../../../locales/en.json' with { type: 'json' };
import { isCalm, mayDismiss, mayWrite } from '../model/document.ts';
import { noticeOf, pageOf, refusalOf, saveState } from './notices.ts';

const names = [...ERRORS.map(({ name }) => name), ...CLIENT_ERRORS];

describe('what a person is told of an error', () => {
  it.each(names)('%s has a banner and a page with their words', (name) => {
    expect(Object.hasOwn(english, `pad.notice.${noticeOf(name)}.title`)).toBe(true);
    expect(Object.hasOwn(english, `pad.notice.${noticeOf(name)}.text`)).toBe(true);
    expect(Object.hasOwn(english, `error.${pageOf(name)}.title`)).toBe(true);
  });

  it('tells a cut link from a broken one, a newer one and a missing document', () => {
    expect(['link_incomplete', 'link_broken', 'unsupported_version', 'not_found'].map(pageOf)).toEqual([
      'link_incomplete',
      'link_broken',
      'version_newer',
      'not_found',
    ]);
  });

  it('of a new document says that there is no room yet, or that no host has taken it yet, and never that it is over', () => {
    expect(['full', 'quota_reached', 'expired', 'voucher_used', 'expiry_too_long'].map(refusalOf)).toEqual([
      'full',
      'full',
      'not_taken',
      'not_taken',
      'expiry_too_long',
    ]);
    expect(mayWrite('own', names.map(refusalOf).filter(isCalm))).toBe(true);
    expect(pageOf('full')).toBe('crowded');
  });

  it('never says saved of what has ended', () => {
    expect(saveState('ended')).toBe('problem');
    expect(saveState('saved')).toBe('saved');
  });
});

describe('an open document', () => {
  it('can be written in by who may, until it is over', () => {
    expect(mayWrite('edit', [])).toBe(true);
    expect(mayWrite('own', ['disk_full', 'relay_forged', 'record_too_large'])).toBe(true);
    expect(mayWrite('own', ['deleted'])).toBe(false);
    expect(mayWrite('edit', ['expired'])).toBe(false);
    expect(mayWrite('view', [])).toBe(false);
  });

  it('lets a warning be put away, and keeps what still stands in the way', () => {
    expect(mayDismiss('relay_forged')).toBe(true);
    expect(mayDismiss('storage_blocked')).toBe(true);
    expect(mayDismiss('disk_full')).toBe(false);
    expect(mayDismiss('deleted')).toBe(false);
  });
});
