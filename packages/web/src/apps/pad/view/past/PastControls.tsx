import type { VNode } from 'preact';
import { plural, t } from '../../../../i18n/index.ts';
import { IconButton } from '../../../../ui/Button.tsx';
import { Select } from '../../../../ui/Select.tsx';
import type { Past } from '../../model/past.ts';
import { nameInWords } from '../name-in-words.ts';
import type { Base, Player, Speed } from './use-player.ts';
import { SPEEDS } from './use-player.ts';
import { momentWords } from './words.ts';

interface PastControlsProps {
  past: Past;
  player: Player;
  coloured: boolean;
  setColoured: (yes: boolean) => void;
}

/** The slider with its play button, and what is shown of a moment. */
export function PastControls({ past, player, coloured, setColoured }: PastControlsProps): VNode {
  return (
    <div class="past-controls">
      <Slider past={past} player={player} />
      <div class="past-wishes">
        <Select
          label={t('pad.past.speed')}
          value={player.speed}
          options={(Object.keys(SPEEDS) as Speed[]).map((value) => ({ value, text: t(`pad.past.speed.${value}`) }))}
          onChange={player.setSpeed}
        />
        <Select
          label={t('pad.past.person')}
          value={player.person === undefined ? '' : String(player.person)}
          options={[
            { value: '', text: t('pad.past.everybody') },
            ...peopleWhoWrote(past).map((index) => ({
              value: String(index),
              text: nameInWords(past.people[index]),
            })),
          ]}
          onChange={(value) => player.setPerson(value === '' ? undefined : Number(value))}
        />
        <Select
          label={t('pad.past.changes')}
          value={player.base}
          options={bases(past, player.base)}
          onChange={player.setBase}
        />
        <label class="check">
          <input type="checkbox" checked={coloured} onChange={(event) => setColoured(event.currentTarget.checked)} />
          <span>{t('pad.past.colours')}</span>
        </label>
      </div>
    </div>
  );
}

function Slider({ past, player }: { past: Past; player: Player }): VNode {
  const { stops, index, step, isPlaying } = player;
  const last = stops.length - 1;
  return (
    <>
      <div class="past-slider">
        <IconButton
          icon={isPlaying ? 'pause' : 'play'}
          label={t(isPlaying ? 'pad.past.pause' : 'pad.past.play')}
          onClick={() => player.play(!isPlaying)}
        />
        <IconButton
          icon="back"
          label={t('pad.past.before')}
          disabled={index === 0}
          onClick={() => player.go(index - 1)}
        />
        <input
          type="range"
          min={0}
          max={last}
          value={index}
          aria-label={t('pad.past.moment')}
          aria-valuetext={t('pad.past.place', { moment: momentWords(past, step), index: index + 1, count: last + 1 })}
          data-first
          onInput={(event) => player.go(event.currentTarget.valueAsNumber)}
        />
        <IconButton
          icon="on"
          label={t('pad.past.after')}
          disabled={index === last}
          onClick={() => player.go(index + 1)}
        />
      </div>
      <p class="past-moment">
        <strong data-testid="past-moment">{momentWords(past, step)}</strong>{' '}
        <span class="soft">{t('pad.past.count', { index: index + 1, count: last + 1 })}</span>
      </p>
      <Difference past={past} player={player} />
    </>
  );
}

/** How much was added and removed between the two moments; said aloud when the person stops, not while it plays. */
function Difference({ past, player }: { past: Past; player: Player }): VNode {
  const { span, drawing, base, isPlaying } = player;
  const isCompared = base !== 'none' && drawing !== undefined;
  const wide = base !== 'step' && span.from !== span.to;
  return (
    <p class="past-difference small" role="status">
      {isCompared && !isPlaying && (
        <>
          {wide && `${t('pad.past.between', { from: momentWords(past, span.from), to: momentWords(past, span.to) })} `}
          {`${plural('pad.past.added', drawing.added)}, ${plural('pad.past.removed', drawing.removed)}`}
        </>
      )}
    </p>
  );
}

function peopleWhoWrote({ moments, people }: Past): number[] {
  const wrote = new Set(moments.map(({ person }) => person));
  return people.map((_, index) => index).filter((index) => wrote.has(index));
}

function bases(past: Past, now: Base): { value: Base; text: string }[] {
  return [
    { value: 'none', text: t('pad.past.base.none') },
    { value: 'step', text: t('pad.past.base.step') },
    ...(past.seen === undefined ? [] : [{ value: 'visit' as const, text: t('pad.past.base.visit') }]),
    ...(now === 'kept' ? [{ value: 'kept' as const, text: t('pad.past.base.kept') }] : []),
    ...past.versions.map(({ id, name }) => ({
      value: `version:${id}` as const,
      text: t('pad.past.base.version', { name }),
    })),
  ];
}
