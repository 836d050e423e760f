/** A value at a time in milliseconds. */
export interface PlotPoint {
  at: number;
  value: number;
}

/** Maps times and values to the drawing area, whose origin is at the top left. */
export class PlotScale {
  readonly from: number;
  readonly to: number;
  readonly maximum: number;

  constructor(
    points: readonly PlotPoint[],
    private readonly width: number,
    private readonly height: number,
  ) {
    let [from, to, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const { at, value } of points) {
      from = Math.min(from, at);
      to = Math.max(to, at);
      maximum = Math.max(maximum, value);
    }
    this.from = points.length ? from : 0;
    this.to = points.length ? to : 0;
    this.maximum = roundUp(maximum);
  }

  x(at: number): number {
    const part = this.to > this.from ? (at - this.from) / (this.to - this.from) : 0;
    return round(Math.min(1, Math.max(0, part)) * this.width);
  }

  y(value: number): number {
    return round(this.height * (1 - value / this.maximum));
  }

  /** Points of an SVG polyline. A single point is drawn as a line over the whole width. */
  line(points: readonly PlotPoint[]): string {
    const [only] = points;
    if (points.length === 1 && only) return `0,${this.y(only.value)} ${this.width},${this.y(only.value)}`;
    return points.map(({ at, value }) => `${this.x(at)},${this.y(value)}`).join(' ');
  }
}

/** The smallest of 4, 10, 20, 40, 100, 200 … that is not less than the value, so that its quarters or halves are whole. */
export function roundUp(value: number): number {
  for (let unit = 1; ; unit *= 10) {
    const step = [2, 4, 10].find((step) => step * unit >= Math.max(value, 4));
    if (step) return step * unit;
  }
}

/** A digit of 11 units is 7 wide. */
const CHARACTER_WIDTH = 7;

/** The numbers of marks, in the order of their places. Numbers that would cover each other become one, as `2–5`. */
export function markLabels(places: readonly number[]): { x: number; text: string }[] {
  const labels: { x: number; first: number; last: number }[] = [];
  places.forEach((x, index) => {
    const number = index + 1;
    const before = labels.at(-1);
    const width = before ? (labelText(before).length + String(number).length) * (CHARACTER_WIDTH / 2) : 0;
    if (before && x - before.x < width) before.last = number;
    else labels.push({ x, first: number, last: number });
  });
  return labels.map((label) => ({ x: label.x, text: labelText(label) }));
}

const labelText = ({ first, last }: { first: number; last: number }): string =>
  first === last ? `${first}` : `${first}–${last}`;

const round = (number: number): number => Math.round(number * 10) / 10;
