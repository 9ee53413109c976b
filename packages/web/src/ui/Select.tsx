import type { VNode } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icons.tsx';

export interface SelectProps<Value extends string> {
  label: string;
  /** Whether the label is only for screen readers. */
  labelHidden?: boolean;
  /** Shown in the place of the chosen option where there is little room. */
  short?: string | undefined;
  value: Value;
  options: readonly { value: Value; text: string; lang?: string }[];
  onChange: (value: Value) => void;
}

/** The browser's own list of choices, in our clothes. */
export function Select<Value extends string>(props: SelectProps<Value>): VNode {
  const { label, labelHidden = false, short, value, options, onChange } = props;
  const id = useId();
  return (
    <div class="select">
      <label for={id} class={labelHidden ? 'visually-hidden' : 'select-label'}>
        {label}
      </label>
      <div class={`select-box ${short === undefined ? '' : 'select-shortens'}`}>
        {short !== undefined && (
          <span class="select-short" aria-hidden="true">
            {short}
          </span>
        )}
        <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as Value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value} lang={option.lang} selected={option.value === value}>
              {option.text}
            </option>
          ))}
        </select>
        <Icon name="caret" />
      </div>
    </div>
  );
}
