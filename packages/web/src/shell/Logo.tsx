import type { VNode } from 'preact';

/** Three islets on one water, and the name. */
export function LogoMark(): VNode {
  return (
    <svg class="logo-mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <path class="logo-sea" d="M20 1a19 19 0 1 0 0 38 19 19 0 0 0 0-38z" />
      <path class="logo-sun" d="M25 8.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8z" />
      <path class="logo-isle" d="M6 24c1-5 3-7 5-7s4 2 5 7zM26 24c1-3.5 2.5-5 4-5s3 1.5 4 5z" />
      <path class="logo-isle-front" d="M12 24c1.5-8 4.5-12 8-12s6.5 4 8 12z" />
      <path class="logo-wave" d="M7 28.5q3.250-3 6.5 0t6.5 0 6.5 0 6.5 0M12 33q2.7-2.4 5.4 0t5.4 0 5.4 0" />
    </svg>
  );
}

export function Logo({ label }: { label: string }): VNode {
  return (
    <a href="/" class="logo" aria-label={label}>
      <LogoMark />
      <span class="logo-name" aria-hidden="true">
        Archipel
      </span>
    </a>
  );
}
