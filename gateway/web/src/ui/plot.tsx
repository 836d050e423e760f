import { useSignal } from '@preact/signals';
import { count, timeOfDay } from '../i18n/format';
import { markLabels, type PlotPoint, PlotScale } from './plot-scale';
import { texts } from './texts';
import './plot.css';

const WIDTH = 312;
const HEIGHT = 130;
/** Half the width of `10–15`: a longer number in the middle of a mark would leave the drawing, or cover an axis. */
const EDGE = 20;

export interface PlotSeries {
  name: string;
  points: readonly PlotPoint[];
}

/** A moment with a name. */
export interface PlotMark {
  at: number;
  text: string;
}

interface PlotProps {
  /** The title, which a screen reader reads as the name of the drawing. */
  label: string;
  /** At most three: more have no pattern of their own. */
  series: readonly PlotSeries[];
  marks?: readonly PlotMark[];
}

/** Values over time as lines, with marks for moments. The same values are offered as a table. */
export function Plot({ label, series, marks = [] }: PlotProps) {
  const points = series.flatMap(({ points }) => points);
  const scale = new PlotScale(points, WIDTH, HEIGHT);
  if (points.length === 0) return <p class="plot-note">{texts.noValues}</p>;
  return (
    <figure class="plot">
      <figcaption>{label}</figcaption>
      <svg viewBox={`-38 -18 ${WIDTH + 48} ${HEIGHT + 38}`} role="img" aria-label={label}>
        {[0, 0.5, 1].map((part) => (
          <g key={part} class="plot-grid">
            <line x1={0} x2={WIDTH} y1={HEIGHT * part} y2={HEIGHT * part} />
            <text x={-6} y={HEIGHT * part + 4} text-anchor="end">
              {count(scale.maximum * (1 - part))}
            </text>
          </g>
        ))}
        <text class="plot-time" x={0} y={HEIGHT + 16}>
          {time(scale.from)}
        </text>
        <text class="plot-time" x={WIDTH} y={HEIGHT + 16} text-anchor="end">
          {time(scale.to)}
        </text>
        <g class="plot-mark">
          {marks.map(({ at, text }) => (
            <line key={`${at} ${text}`} x1={scale.x(at)} x2={scale.x(at)} y1={0} y2={HEIGHT} />
          ))}
          {markLabels(marks.map(({ at }) => scale.x(at))).map(({ x, text }) => (
            <text key={text} x={x} y={-5} text-anchor={x < EDGE ? 'start' : x > WIDTH - EDGE ? 'end' : 'middle'}>
              {text}
            </text>
          ))}
        </g>
        {series.map(({ name, points }, index) => (
          <polyline key={name} class="plot-line" data-series={index} points={scale.line(points)} />
        ))}
      </svg>
      {series.length > 1 && (
        <ul class="plot-legend">
          {series.map(({ name }, index) => (
            <li key={name} data-series={index}>
              {name}
            </li>
          ))}
        </ul>
      )}
      {marks.length > 0 && (
        <ol class="plot-marks">
          {marks.map(({ at, text }) => (
            <li key={`${at} ${text}`}>
              <time dateTime={new Date(at).toISOString()}>{time(at)}</time> <bdi>{text}</bdi>
            </li>
          ))}
        </ol>
      )}
      <ValueTable label={label} series={series} />
    </figure>
  );
}

/** Drawn only while it is open, because a live plot changes every few seconds. */
function ValueTable({ label, series }: Pick<PlotProps, 'label' | 'series'>) {
  const isOpen = useSignal(false);
  return (
    <details
      class="plot-values"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{texts.asTable}</summary>
      {isOpen.value && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section class="plot-table" tabIndex={0} aria-label={label}>
          <table>
            <thead>
              <tr>
                <th scope="col">{texts.time}</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rowsOf(series).map(([at, values]) => (
                <tr key={at}>
                  <th scope="row">{time(at)}</th>
                  {series.map(({ name }, index) => (
                    <td key={name}>{values[index] === undefined ? '–' : count(values[index])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function rowsOf(series: readonly PlotSeries[]): [number, (number | undefined)[]][] {
  const rows = new Map<number, (number | undefined)[]>();
  series.forEach(({ points }, index) => {
    for (const { at, value } of points) {
      const row = rows.get(at) ?? [];
      row[index] = value;
      rows.set(at, row);
    }
  });
  return [...rows].sort(([a], [b]) => a - b);
}

const time = (at: number): string => timeOfDay(new Date(at).toISOString());
