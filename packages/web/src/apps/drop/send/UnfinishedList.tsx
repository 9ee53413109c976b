import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ChosenFile, filesOfField } from '../../../files/chosen.ts';
import { sizeInWords } from '../../../i18n/amounts.ts';
import { plural, t } from '../../../i18n/index.ts';
import { linkTo } from '../../../shell/fragment.ts';
import { Button, ButtonLink } from '../../../ui/Button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { drop as meta } from '../meta.ts';
import { filesAgain, forgetUnfinished, matchFiles, type Unfinished, unfinishedDrops } from '../session/unfinished.ts';

interface UnfinishedListProps {
  /** Those alone that answer this request, whose page it is; left out: all. */
  inbox?: string;
  onGoOn: (unfinished: Unfinished, files: ChosenFile[]) => void;
}

/** Drops whose tab was closed before all was sent. */
export function UnfinishedList({ inbox, onGoOn }: UnfinishedListProps): VNode | null {
  const [found, setFound] = useState<Unfinished[]>([]);
  const load = async (): Promise<void> => setFound(await unfinishedDrops(inbox));
  useEffect(() => void load(), [inbox]);
  if (found.length === 0) return null;
  return (
    <section class="drop-unfinished" aria-labelledby="unfinished">
      <h2 id="unfinished">{t('drop.unfinished.title')}</h2>
      {found.map((one) => (
        <One
          key={one.drop.id}
          unfinished={one}
          isElsewhere={inbox === undefined && one.drop.answer !== undefined}
          onGoOn={onGoOn}
          onForgotten={() => void load()}
        />
      ))}
    </section>
  );
}

interface OneProps extends Pick<UnfinishedListProps, 'onGoOn'> {
  unfinished: Unfinished;
  /** It goes on at the page of the request that it answers. */
  isElsewhere: boolean;
  onForgotten: () => void;
}

function One({ unfinished, isElsewhere, onGoOn, onForgotten }: OneProps): VNode {
  const field = useRef<HTMLInputElement>(null);
  /** Null: not asked for yet; names that are missing among what was chosen. */
  const [missing, setMissing] = useState<readonly string[] | null>(null);
  const { drop, size, sent } = unfinished;
  const isFolder = drop.files.some(({ path }) => path.includes('/'));
  const goOn = async (): Promise<void> => {
    const files = await filesAgain(drop);
    if (files !== undefined) return onGoOn(unfinished, files);
    setMissing([]);
  };
  const chosen = (input: HTMLInputElement): void => {
    const matched = matchFiles(drop, filesOfField(input));
    input.value = '';
    if (matched.ok) onGoOn(unfinished, matched.files);
    else setMissing(matched.missing);
  };
  const forget = async (): Promise<void> => {
    await forgetUnfinished(drop);
    onForgotten();
  };
  return (
    <div class="drop-unfinished-one">
      <p>
        <strong>
          <bdi>{drop.files[0]?.name}</bdi>
        </strong>{' '}
        {drop.files.length > 1 && plural('drop.unfinished.more', drop.files.length - 1)}{' '}
        {t('progress.amount', { done: sizeInWords(sent), total: sizeInWords(size) })}
      </p>
      {isElsewhere && <p class="soft small">{t('drop.unfinished.for', { title: drop.answer?.title ?? '' })}</p>}
      {missing !== null && (
        <p class="note" role="status">
          <Icon name="info" />
          <span>
            {missing.length === 0
              ? t('drop.unfinished.again')
              : plural('drop.unfinished.missing', missing.length, { name: missing[0] ?? '' })}
          </span>
        </p>
      )}
      <p class="row">
        {isElsewhere ? (
          <ButtonLink kind="primary" href={linkTo(meta.path, drop.answer?.link ?? '')}>
            {t('drop.unfinished.toRequest')}
          </ButtonLink>
        ) : missing === null ? (
          <Button kind="primary" onClick={() => void goOn()}>
            {t('drop.going.resume')}
          </Button>
        ) : (
          <Button kind="primary" icon="documents" onClick={() => field.current?.click()}>
            {t(isFolder ? 'drop.unfinished.chooseFolder' : 'drop.unfinished.choose')}
          </Button>
        )}
        <Button kind="quiet" onClick={() => void forget()}>
          {t('drop.going.stop')}
        </Button>
      </p>
      <input
        ref={(input) => {
          if (isFolder) input?.setAttribute('webkitdirectory', '');
          field.current = input;
        }}
        type="file"
        multiple
        hidden
        data-field="again"
        onChange={({ currentTarget }) => chosen(currentTarget)}
      />
    </div>
  );
}
