import type { OnAir, Source } from './on-air';
import { texts } from './texts';

/** Another source can be chosen while no camera sends, because the camera of this page would stop. */
export function SourceChoice({ onAir }: { onAir: OnAir }) {
  const { source, encoder } = onAir;
  const isCameraOnAir = source.value === 'camera' && encoder.state.value?.connected === true;
  const choices: [Source, string][] = [
    ['encoder', texts.encoderApp],
    ['camera', texts.camera],
  ];
  return (
    <fieldset class="choice" disabled={isCameraOnAir}>
      <legend class="hidden-text">{texts.source}</legend>
      {choices.map(([value, text]) => (
        <label key={value}>
          <input
            type="radio"
            name="source"
            checked={source.value === value}
            onChange={() => {
              source.value = value;
            }}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
