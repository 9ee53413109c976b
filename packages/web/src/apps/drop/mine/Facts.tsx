import { leftOf } from '@archipel/client/drop';
import { bodySizeOf } from '@archipel/protocol/secret';
import type { VNode } from 'preact';
import { expiryInWords } from '../../../documents/expiry.ts';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { dateInWords } from '../../../i18n/dates.ts';
import { plural, t } from '../../../i18n/index.ts';
import { hostFacts } from '../../../shell/host.ts';
import { Icon, type IconName } from '../../../ui/icons.tsx';
import type { MyDrop } from '../session/mine.ts';

const SECOND_MS = 1000;

function Fact({ icon, name, children }: { icon: IconName; name: string; children: string }): VNode {
  return (
    <div class="drop-fact">
      <dt>
        <Icon name={icon} />
        {name}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How a drop fares: downloads, until when, where, how large. */
export function Facts({ mine: { offer, host } }: { mine: MyDrop }): VNode {
  const { header, manifest, taken } = offer;
  const expiresAt = header.expiry * SECOND_MS;
  const hostName = host === location.origin ? hostFacts.value.name : new URL(host).host;
  const left = leftOf(offer);
  const allowed = left === undefined ? t('drop.mine.noLimit') : plural('drop.mine.left', left);
  return (
    <dl class="drop-facts">
      <Fact icon="save" name={t('drop.mine.downloads')}>{`${plural('drop.mine.taken', taken)} ${allowed}`}</Fact>
      <Fact icon="info" name={t('drop.mine.until')}>
        {`${dateInWords(expiresAt)}. ${expiryInWords(expiresAt, Date.now())}.`}
      </Fact>
      <Fact icon="hosts" name={t('drop.mine.where')}>
        {t('drop.mine.whereText', { name: hostName, size: sizeInWords(bodySizeOf(manifest)) })}
      </Fact>
    </dl>
  );
}
